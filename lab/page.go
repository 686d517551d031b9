package lab

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/page"
)

// Page is the result as a page to read: claims with their verdicts, figures,
// tables, and how to repeat it.
func (r *Result) Page() page.Page {
	p := page.Page{Title: r.Title, Lead: r.Question}
	claims := page.Section{ID: "claims", Title: page.T("What is claimed, and what was measured", "주장과 측정")}
	for i, c := range r.Claims {
		claims.Parts = append(claims.Parts, page.Paragraph{
			EN: fmt.Sprintf("*%d. %s*", i+1, c.Textbook.EN), KO: fmt.Sprintf("*%d. %s*", i+1, c.Textbook.In("ko")),
		})
		from := "published"
		if c.Published.IsZero() {
			from = "source"
		}
		claims.Parts = append(claims.Parts, page.List{
			said(from, c.origin()), said("measured", c.Measured),
			said("verdict", Text{EN: c.Holds.Text().EN + ". " + c.Verdict.EN, KO: c.Holds.Text().KO + ". " + c.Verdict.In("ko")}),
		})
	}
	p.Sections = append(p.Sections, claims)
	if len(r.Figures)+len(r.Charts) > 0 {
		figures := page.Section{ID: "figures", Title: page.T("Figures", "그림")}
		for _, f := range r.Figures {
			if f.Chart != nil {
				chart := *f.Chart
				chart.Alt = followedBy(f.Alt, f.Shows)
				figures.Parts = append(figures.Parts, page.Paragraph{EN: "*" + f.Title.EN + "*", KO: "*" + f.Title.In("ko") + "*"}, chart)
				continue
			}
			figures.Parts = append(figures.Parts, page.Figure{Figure: f.Figure, KO: f.KO, Caption: f.Caption, Alt: followedBy(f.Alt, f.Shows)})
		}
		for _, c := range r.Charts {
			figures.Parts = append(figures.Parts, c)
		}
		p.Sections = append(p.Sections, figures)
	}
	tables := page.Section{ID: "tables", Title: page.T("Tables", "표")}
	for _, t := range r.Tables {
		tables.Parts = append(tables.Parts, page.Details{Summary: t.Caption, Parts: []page.Part{t.part()}})
	}
	p.Sections = append(p.Sections, tables)
	method := page.Section{ID: "method", Title: page.T("How it was done", "방법")}
	for _, m := range r.Method {
		method.Parts = append(method.Parts, page.Paragraph(m))
	}
	seeds := make([]string, len(r.Seeds))
	for i, s := range r.Seeds {
		seeds[i] = fmt.Sprint(s)
	}
	facts := page.Facts{{Name: page.T("Seeds", "시드"), Value: strings.Join(seeds, ", ")}}
	if len(r.Data) > 0 {
		facts = append(facts, page.Fact{Name: page.T("Data", "데이터"), Said: r.dataIn()})
	}
	facts = append(facts,
		page.Fact{Name: page.T("Time", "시간"), Said: textf("%.0f s", "%.0f초", r.Seconds)},
		page.Fact{Name: page.T("Machine", "컴퓨터"), Said: textf("%s/%s, %s, %d threads, %s", "%s/%s, %s, 스레드 %d개, %s", r.Machine.OS, r.Machine.Arch, r.Machine.ISA, r.Machine.Threads, r.Machine.Go)})
	method.Parts = append(method.Parts, facts, page.P("Repeat it:", "다시 해 보기:"), page.Command(r.Command))
	if len(r.Papers) > 0 {
		var papers page.List
		for _, x := range r.Papers {
			line := fmt.Sprintf("%s %d, [%s](%s)", x.Authors, x.Year, x.Title, x.URL)
			papers = append(papers, Text{EN: line, KO: line})
		}
		method.Parts = append(method.Parts, page.P("Papers:", "논문:"), papers)
	}
	p.Sections = append(p.Sections, method)
	return p
}

// said is a text under the name that it has in the lessons.
func said(key string, text Text) Text {
	name := lessonsTexts[key]
	return Text{EN: "*" + name.EN + ":* " + text.EN, KO: "*" + name.KO + ":* " + text.In("ko")}
}

// part is the table on a page.
func (t Table) part() page.Table {
	head := make([]Text, len(t.Head))
	for i, h := range t.Head {
		head[i] = Text{EN: strings.ReplaceAll(h, "_", " ")}
		if t.HeadKO != nil {
			head[i].KO = t.HeadKO[i]
		}
	}
	return page.Table{Head: head, Rows: t.Rows, Caption: t.Caption, CSV: t.Name + ".csv"}
}
