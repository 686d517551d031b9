package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

// WriteLessons writes lessons.md and lessons.ko.md into the folder docs from
// the results in docs/lab, and returns their paths. Experiments without a
// result there are left out; none at all is an error.
func WriteLessons(docs string) (files []string, err error) {
	pages, err := Lessons(docs)
	if err != nil {
		return nil, err
	}
	for _, language := range []string{"en", "ko"} {
		path := filepath.Join(docs, lessonsFile(language))
		if err := atomicfile.Write(path, []byte(pages[language])); err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
}

// lessonsFile is the name of the lessons in a language.
func lessonsFile(language string) string {
	if language == "en" {
		return "lessons.md"
	}
	return "lessons." + language + ".md"
}

// Lessons are the claims of all experiments whose results are in docs/lab as
// Markdown, by language: "en" and "ko".
func Lessons(docs string) (map[string]string, error) {
	var results []*Result
	for _, e := range experiments {
		r, err := Read(filepath.Join(docs, "lab", e.Name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return nil, errors.Errorf("no results in %s: run 'demo lab NAME --out %s'", filepath.Join(docs, "lab"), filepath.Join(docs, "lab", "NAME"))
	}
	return map[string]string{"en": lessons(results, "en"), "ko": lessons(results, "ko")}, nil
}

var lessonsTexts = map[string]Text{
	"title": {EN: "What the textbooks say, what the papers measured, what we measured", KO: "교과서가 말하는 것, 논문이 잰 것, 우리가 잰 것"},
	"lead": {
		EN: "Each row is a claim that is taught about deep networks. What stands under *measured* was made by the command of its section: the mean over the seeds, in brackets the least and the most. All numbers are in the `.csv` files of the folder that the section names. `demo lab lessons` writes this page from them.",
		KO: "각 행은 심층 신경망에 대해 흔히 가르치는 주장 하나이다. *우리가 잰 것*의 수는 그 절의 명령으로 얻었다: 시드들의 평균이고, 괄호 안은 가장 작은 값과 가장 큰 값이다. 모든 수는 절마다 적힌 폴더의 `.csv` 파일에 있다. 이 쪽은 `demo lab lessons`가 그 파일들로 만든다.",
	},
	"other":     {EN: "[한국어](lessons.ko.md)", KO: "[English](lessons.md)"},
	"textbook":  {EN: "the textbook says", KO: "교과서가 말하는 것"},
	"published": {EN: "the papers measured", KO: "논문이 잰 것"},
	"source":    {EN: "source", KO: "출처"},
	"measured":  {EN: "we measured", KO: "우리가 잰 것"},
	"verdict":   {EN: "verdict", KO: "판정"},
	"summary":   {EN: "%d claims of %d experiments: %d hold, %d hold in part, %d do not.", KO: "실험 %[2]d개의 주장 %[1]d개: %[3]d개는 맞고, %[4]d개는 일부만 맞고, %[5]d개는 맞지 않다."},
	"foot":      {EN: "`%s`: %s, seeds %s, %.0f s on %d threads (%s). Numbers, figures and the page: [lab/%s](lab/%s/).", KO: "`%s`: %s, 시드 %s, 스레드 %[5]d개(%[6]s)에서 %.0[4]f초. 수, 그림, 웹 페이지: [lab/%[7]s](lab/%[8]s/)."},
}

func lessons(results []*Result, language string) string {
	say := func(key string) string { return lessonsTexts[key].In(language) }
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n\n", say("title"), say("other"), say("lead"))
	claims, count := 0, map[Verdict]int{}
	for _, r := range results {
		for _, c := range r.Claims {
			claims++
			count[c.Holds]++
		}
	}
	fmt.Fprintf(&b, say("summary")+"\n", claims, len(results), count[Holds], count[Partly], count[Fails])
	for _, r := range results {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", r.Title.In(language), r.Question.In(language))
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n| --- | --- | --- | --- |\n", say("textbook"), say("published"), say("measured"), say("verdict"))
		for _, c := range r.Claims {
			published := c.origin().In(language)
			fmt.Fprintf(&b, "| %s | %s | %s | **%s.** %s |\n", inCell(c.Textbook.In(language)), inCell(published), inCell(c.Measured.In(language)),
				c.Holds.Text().In(language), inCell(c.Verdict.In(language)))
		}
		seeds := make([]string, len(r.Seeds))
		for i, s := range r.Seeds {
			seeds[i] = fmt.Sprint(s)
		}
		data := r.dataIn().In(language)
		fmt.Fprintf(&b, "\n"+say("foot")+"\n", r.Command, data, strings.Join(seeds, ", "), r.Seconds, r.Machine.Threads, r.Machine.ISA, r.Experiment, r.Experiment)
	}
	return b.String()
}

// inCell makes a text fit for a cell of a Markdown table.
func inCell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// origin is what was published, with its source, or the source alone.
func (c Claim) origin() Text {
	source := Text{EN: c.Source, KO: c.Source}
	for _, r := range koreanPlaces {
		source.KO = r.place.ReplaceAllString(source.KO, r.korean)
	}
	if c.Published.IsZero() {
		return source
	}
	return Text{EN: c.Published.EN + " (" + source.EN + ")", KO: c.Published.In("ko") + " (" + source.KO + ")"}
}

// koreanPlaces translate where in a paper something stands.
var koreanPlaces = []struct {
	place  *regexp.Regexp
	korean string
}{
	{regexp.MustCompile(`[Ss]ections? ([0-9.]+) and ([0-9.]+)`), "${1}절과 ${2}절"},
	{regexp.MustCompile(`[Ss]ection ([0-9.]+)`), "${1}절"},
	{regexp.MustCompile(`[Ff]igures? ([0-9]+) and ([0-9]+)`), "그림 ${1}과 ${2}"},
	{regexp.MustCompile(`[Ff]igure ([0-9]+)`), "그림 $1"},
	{regexp.MustCompile(`[Tt]able ([0-9]+)`), "표 $1"},
	{regexp.MustCompile(`[Ee]quation ([0-9]+)`), "식 $1"},
	{regexp.MustCompile(`[Tt]heorem ([0-9.]+)`), "정리 $1"},
	{regexp.MustCompile(`, after `), ", "},
	{regexp.MustCompile(` and (그림|표|식)`), ", $1"},
}
