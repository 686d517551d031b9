package runs

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/table"
	"github.com/stheno-ml/stheno/page"
)

// ReportFile is the page that tells of a run.
const ReportFile = "report.html"

// WriteReport makes a run's report.html from what else is in its folder: result,
// curves, the network and what was found in it, how each class fared, settings, the
// history. The page needs nothing but itself.
func WriteReport(path string) error {
	s, err := Read(path)
	if err != nil {
		return err
	}
	text, err := s.Report()
	if err != nil {
		return errors.WithMessagef(err, "run %s: report", path)
	}
	return atomicfile.Write(filepath.Join(path, ReportFile), text)
}

// Report is the page that WriteReport writes.
func (s Summary) Report() ([]byte, error) { return s.Page().HTML() }

// Page tells of the run. Sections without anything to tell are left out.
func (s Summary) Page() page.Page {
	name := page.Literal(s.Name())
	p := page.Page{
		Title: page.T(name, name),
		Lead:  s.result(),
		Footer: page.T("Made by stheno from the files of this run's folder; `demo report` makes it anew.",
			"stheno가 이 실행의 폴더에 있는 파일로 만들었다. `demo report`로 다시 만들 수 있다."),
	}
	for _, section := range []page.Section{
		{ID: "result", Title: page.T("Result", "결과"), Parts: s.resultParts()},
		{ID: "curves", Title: page.T("Curves", "학습 곡선"), Parts: s.curveParts()},
		{ID: "network", Title: page.T("Network", "신경망"), Parts: s.networkParts()},
		{ID: "gradients", Title: page.T("Gradient flow", "기울기 흐름"), Parts: s.gradientParts()},
		{ID: "classes", Title: page.T("Classes", "클래스"), Parts: s.classParts()},
		{ID: "mistakes", Title: page.T("Worst mistakes", "가장 큰 실수"), Parts: s.mistakeParts()},
		{ID: "time", Title: page.T("Time", "시간"), Parts: s.timeParts()},
		{ID: "settings", Title: page.T("Settings", "설정"), Parts: s.settingParts()},
		{ID: "repeat", Title: page.T("Repeat", "다시 하기"), Parts: s.commandParts()},
	} {
		if len(section.Parts) > 0 {
			p.Sections = append(p.Sections, section)
		}
	}
	return p
}

// result is one sentence.
func (s Summary) result() page.Text {
	last, best := s.History.Last(), s.History.Best()
	epochs := func(n int) string {
		if n == 1 {
			return "1 epoch"
		}
		return fmt.Sprintf("%d epochs", n)
	}
	switch {
	case last.Epoch == 0:
		return page.T("No epoch is finished yet.", "아직 끝난 에폭이 없다.")
	case !best.Evaluated:
		return page.T(fmt.Sprintf("Training loss %.4f after %s. The network was not tested.", last.TrainLoss, epochs(last.Epoch)),
			fmt.Sprintf("%d 에폭 뒤 학습 손실 %.4f. 시험하지 않았다.", last.Epoch, last.TrainLoss))
	case !best.HasAccuracy():
		return page.T(fmt.Sprintf("Test loss %.4f after %s; the best was %.4f, after %d.", last.TestLoss, epochs(last.Epoch), best.TestLoss, best.Epoch),
			fmt.Sprintf("%d 에폭 뒤 시험 손실 %.4f, 가장 좋았던 것은 %d 에폭 뒤 %.4f.", last.Epoch, last.TestLoss, best.Epoch, best.TestLoss))
	}
	en := fmt.Sprintf("Test accuracy %s after %s", table.Percent(last.TestAccuracy), epochs(last.Epoch))
	ko := fmt.Sprintf("%d 에폭 뒤 시험 정확도 %s", last.Epoch, table.Percent(last.TestAccuracy))
	if !last.Evaluated {
		en, ko = epochs(last.Epoch), fmt.Sprintf("%d 에폭", last.Epoch)
	}
	if best.Epoch != last.Epoch {
		en += fmt.Sprintf("; the best was %s, after %d", table.Percent(best.TestAccuracy), best.Epoch)
		ko += fmt.Sprintf(", 가장 좋았던 것은 %d 에폭 뒤 %s", best.Epoch, table.Percent(best.TestAccuracy))
	}
	return page.T(en+".", ko+".")
}

func (s Summary) resultParts() (parts []page.Part) {
	if !s.Finished {
		parts = append(parts, page.P("The run has not come to its end.", "이 실행은 아직 끝나지 않았다."))
	}
	var facts page.Facts
	add := func(en, ko, value string) {
		if value != "" {
			facts = append(facts, page.Fact{Name: page.T(en, ko), Value: value})
		}
	}
	last, best := s.History.Last(), s.History.Best()
	if best.Evaluated && best.HasAccuracy() {
		if last.Evaluated {
			add("test accuracy", "시험 정확도", table.Percent(last.TestAccuracy))
		}
		add("best, epoch "+fmt.Sprint(best.Epoch), fmt.Sprintf("최고, %d 에폭", best.Epoch), table.Percent(best.TestAccuracy))
	}
	if last.Epoch > 0 {
		if last.HasAccuracy() {
			add("training accuracy", "학습 정확도", table.Percent(last.TrainAccuracy))
		}
		add("training loss", "학습 손실", fmt.Sprintf("%.4f", last.TrainLoss))
	}
	if t := s.Test; t != nil {
		add("test images", "시험 이미지", fmt.Sprint(t.Images))
		if len(t.Classes) > 5 {
			add("label among the five most probable", "상위 5개 안에 정답", table.Percent(t.TopFive))
		}
	}
	for _, name := range []string{"arch", "activation", "data", "epochs", "batch", "seed"} {
		en, ko := name, name
		if said, ok := settingWords[name]; ok {
			en, ko = said.EN, said.KO
		}
		add(en, ko, s.setting(name))
	}
	if s.Parameters > 0 {
		add("parameters", "매개변수", fmt.Sprint(s.Parameters))
	}
	if seconds := s.Seconds(); seconds > 0 {
		add("training time", "학습 시간", duration(seconds))
		add("images a second", "초당 이미지", fmt.Sprintf("%.0f", s.ImagesPerSecond()))
	}
	add("SHA-256 of the weights", "가중치의 SHA-256", s.Weights)
	if len(facts) > 0 {
		parts = append(parts, facts)
	}
	return parts
}

// settingWords are what those settings are called that stand with the result.
var settingWords = map[string]page.Text{
	"arch":       page.T("network", "신경망"),
	"activation": page.T("activation", "활성화 함수"),
	"data":       page.T("data", "데이터"),
	"epochs":     page.T("epochs set", "정한 에폭"),
	"batch":      page.T("batch", "배치 크기"),
	"seed":       page.T("seed", "시드"),
}

// duration writes seconds for people.
func duration(seconds float64) string {
	switch n := int(math.Round(seconds)); {
	case seconds < 100:
		return fmt.Sprintf("%.1f s", seconds)
	case n < 3600:
		return fmt.Sprintf("%d min %02d s", n/60, n%60)
	default:
		return fmt.Sprintf("%d h %02d min", n/3600, n%3600/60)
	}
}

// settingParts are all settings, and the epochs in numbers.
func (s Summary) settingParts() (parts []page.Part) {
	settings := page.Table{Head: []page.Text{page.T("setting", "설정"), page.T("value", "값")}, CSV: "settings.csv"}
	for _, name := range settingNames([]Summary{s}) {
		settings.Rows = append(settings.Rows, []string{"`" + strings.ReplaceAll(name, "`", "") + "`", page.Literal(s.setting(name))})
	}
	if len(settings.Rows) > 0 {
		parts = append(parts, settings)
	}
	if len(s.History) > 0 {
		parts = append(parts, page.Details{Summary: page.T("All epochs in numbers", "모든 에폭의 수치"), Parts: []page.Part{s.epochs()}})
	}
	return parts
}

// epochs are the history's numbers.
func (s Summary) epochs() page.Table {
	head, rows := s.History.Rows()
	t := page.Table{CSV: "history.csv", Rows: rows}
	for _, name := range head {
		text, known := epochHeads[name]
		if !known { // the loss of a head
			text = page.T(page.Literal(name), "")
		}
		t.Head = append(t.Head, text)
	}
	return t
}

// epochHeads are the history's columns as a reader knows them.
var epochHeads = map[string]page.Text{
	"epoch": page.T("epoch", "에폭"), "loss": page.T("training loss", "학습 손실"), "accuracy": page.T("training accuracy", "학습 정확도"),
	"test loss": page.T("test loss", "시험 손실"), "test accuracy": page.T("test accuracy", "시험 정확도"),
	"learning rate": page.T("learning rate", "학습률"), "seconds": page.T("seconds", "초"), "images/s": page.T("images/s", "이미지/초"),
}

// commandParts are what a reader may want to do next.
func (s Summary) commandParts() []page.Part {
	folder := quoted(s.Path)
	again := "demo train --resume " + folder
	en, ko := "It goes on from where it was stopped:", "멈춘 곳에서 이어서 한다:"
	if s.Finished {
		again = "demo reproduce " + folder
		en, ko = "The same training again, compared bit for bit:", "같은 학습을 다시 하고 비트 단위로 비교한다:"
	}
	return []page.Part{
		page.P(en, ko), page.Command(again),
		page.P("And what else one may do with it:", "이 실행으로 할 수 있는 다른 일:"),
		page.Command(fmt.Sprintf("demo predict --run %s picture.png\ndemo eval --run %s\ndemo compare %s OTHER -o both.html", folder, folder, folder)),
		page.P("The folder is named as seen from where the run was made.", "폴더 이름은 실행한 곳에서 본 경로다."),
	}
}

// quoted is a path that a shell takes as one word.
func quoted(path string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-", r)
	}
	if path != "" && !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
