package trainer

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/internal/table"
)

// Confusion counts predictions: Count[label][predicted].
type Confusion struct {
	Classes []string // names; may be nil
	Count   [][]int
}

// NewConfusion makes an empty matrix for n classes. There may be fewer names, or
// none.
func NewConfusion(n int, names []string) (*Confusion, error) {
	if n < 1 || len(names) > n {
		return nil, errors.Errorf("confusion matrix: %d classes with %d names, want at least 1 and no more names", n, len(names))
	}
	if err := size.FitShape("confusion matrix", []int{n, n}, 8); err != nil {
		return nil, err
	}
	c := &Confusion{Classes: names, Count: make([][]int, n)}
	for i := range c.Count {
		c.Count[i] = make([]int, n)
	}
	return c, nil
}

// ClassScore tells how well one class was told from the others. A share of
// nothing is 0.
type ClassScore struct {
	Class     string
	Images    int     // with this label
	Recall    float64 // of those, the share predicted so: the accuracy of the class
	Precision float64 // of the images predicted so, the share with this label
	F1        float64 // harmonic mean of the two
}

// Accuracy is the share of images on the diagonal.
func (c *Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i, row := range c.Count {
		for j, n := range row {
			all += n
			if i == j {
				right += n
			}
		}
	}
	return share(right, all)
}

// PerClass scores every class.
func (c *Confusion) PerClass() []ClassScore {
	scores := make([]ClassScore, len(c.Count))
	for i, row := range c.Count {
		labelled, predicted, right := 0, 0, 0
		for j, n := range row {
			labelled += n
			if i == j {
				right = n
			}
		}
		for _, other := range c.Count {
			if i < len(other) {
				predicted += other[i]
			}
		}
		scores[i] = newClassScore(c.name(i), labelled, predicted, right)
	}
	return scores
}

func newClassScore(class string, labelled, predicted, right int) ClassScore {
	s := ClassScore{Class: class, Images: labelled, Recall: share(right, labelled), Precision: share(right, predicted)}
	if s.Recall+s.Precision > 0 {
		s.F1 = 2 * s.Recall * s.Precision / (s.Recall + s.Precision)
	}
	return s
}

func (c *Confusion) name(i int) string {
	if i < len(c.Classes) {
		return c.Classes[i]
	}
	return strconv.Itoa(i)
}

func (c *Confusion) table() table.Table {
	t := table.Table{Head: []string{"label \\ predicted"}}
	columns := len(c.Count)
	for _, row := range c.Count {
		columns = max(columns, len(row))
	}
	for j := range columns {
		t.Head = append(t.Head, c.name(j))
	}
	t.Head = append(t.Head, "recall")
	scores := c.PerClass()
	for i, row := range c.Count {
		cells := []string{c.name(i)}
		for _, n := range row {
			cells = append(cells, fmt.Sprint(n))
		}
		for len(cells) <= columns {
			cells = append(cells, "")
		}
		t.Rows = append(t.Rows, append(cells, table.Percent(scores[i].Recall)))
	}
	return t
}

// String is the matrix as aligned text.
func (c *Confusion) String() string { return c.table().Text() }

// Markdown is the matrix as a Markdown table.
func (c *Confusion) Markdown() string { return c.table().Markdown() }

// HTML is the matrix as a table for notebooks and pages. A cell is the bluer the
// more of its row it has; the root makes few mistakes visible.
func (c *Confusion) HTML() string {
	t := c.table()
	var b strings.Builder
	cell := func(tag, style, text string) {
		fmt.Fprintf(&b, `<%s style="text-align:right;%s">%s</%s>`, tag, style, html.EscapeString(text), tag)
	}
	b.WriteString("<table><thead><tr>")
	for _, h := range t.Head {
		cell("th", "", h)
	}
	b.WriteString("</tr></thead><tbody>")
	for i, row := range t.Rows {
		images := 0
		for _, n := range c.Count[i] {
			images += n
		}
		b.WriteString("<tr>")
		for j, text := range row {
			switch k := j - 1; {
			case k < 0:
				cell("th", "", text)
			case k >= len(c.Count[i]):
				cell("td", "", text)
			case c.Count[i][k] <= 0:
				cell("td", "opacity:.4", text)
			default:
				// Half see-through: text stays legible on light and dark pages.
				cell("td", fmt.Sprintf("background:rgba(0,114,178,%.2f)", 0.55*math.Sqrt(share(c.Count[i][k], images))), text)
			}
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
