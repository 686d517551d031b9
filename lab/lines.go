package lab

import (
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
)

// lines is a figure of curves: a static picture for the folder, and for the page
// a chart to zoom whose words are in both languages.
type lines struct {
	name         string
	title, x, y  Text
	log          bool
	series       []page.Series
	caption, alt Text
	shows        Text // default: what ends says
}

// figure draws the curves.
func (l lines) figure() (Figure, error) {
	list := make([]plots.Series, len(l.series))
	for i, s := range l.series {
		list[i] = plots.Series{Name: s.Name.EN, X: s.X, Y: s.Y}
	}
	draw := plots.Curve
	if l.log {
		draw = plots.LogCurve
	}
	f, err := draw(l.title.EN, l.x.EN, l.y.EN, list...)
	if err != nil {
		return Figure{}, err
	}
	words := map[string]string{}
	for _, text := range append([]Text{l.title, l.x, l.y}, l.names()...) {
		if text.KO != "" {
			words[text.EN] = text.KO
		}
	}
	shows := l.shows
	if shows.IsZero() {
		shows = ends(l.series)
	}
	return Figure{
		Name: l.name, Figure: f.Words(words), Caption: l.caption, Alt: l.alt, Shows: shows, Title: l.title,
		Chart: &page.Chart{X: l.x, Y: l.y, Log: l.log, Series: l.series, Caption: l.caption},
	}, nil
}

// names are those of the curves.
func (l lines) names() (names []Text) {
	for _, s := range l.series {
		names = append(names, s.Name)
	}
	return names
}

// drawAll draws several.
func drawAll(all ...lines) (figures []Figure, err error) {
	for _, l := range all {
		f, err := l.figure()
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}
