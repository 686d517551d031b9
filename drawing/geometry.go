package drawing

// geometry says how large things are and which way the flow goes.
type geometry struct{ horizontal bool }

// Sizes of text and of what is around it, in points.
const (
	titleSize = 11.0
	noteSize  = 9.0
	stripSize = 8.0
	stripRow  = 12.0
	roundSize = 10.0
	thinSize  = 9.5
	frameHead = 28.0 // for a frame's title in two lines
	frameLine = 17.0 // in one
)

func (b *box) second() string {
	switch {
	case b.note == "":
		return b.size
	case b.size == "":
		return b.note
	}
	return b.note + " · " + b.size
}

func (b *box) heading() string {
	if b.times > 1 {
		return b.title + " x " + whole(b.times)
	}
	return b.title
}

// size is the box's width and height.
func (b *box) extent() (w, h float64) {
	strips := 0.0
	for _, s := range b.strips {
		strips += textWidth(s.text, stripSize, false) + 10
	}
	switch b.form {
	case roundForm:
		w, h = textWidth(b.rounded(), roundSize, false)+14, 18
		return max(w, h), h
	case thinForm:
		if len(b.strips) == 0 {
			return textWidth(b.heading(), thinSize, false) + 18, 16
		}
		return max(textWidth(b.heading(), thinSize, false)+18, strips), 16 + stripRow
	}
	w = max(textWidth(b.heading(), titleSize, true), textWidth(b.second(), noteSize, false)) + 16
	h = 11 + titleSize
	if b.second() != "" {
		h += noteSize + 3
	}
	for _, l := range b.lines {
		w, h = max(w, textWidth(l, noteSize, false)+16), h+noteSize+3
	}
	if b.form == ovalForm {
		w += 8
	}
	if len(b.strips) > 0 {
		w, h = max(w, strips), h+stripRow
	}
	return w, h
}

// rounded is the text of a sum with the activation after it, "+ relu".
func (b *box) rounded() string {
	t := b.title
	for _, s := range b.strips {
		t += " " + s.text
	}
	return t
}

// item is the panel of a box or of a scope with its frame.
func (g geometry) item(i *item) panel {
	if i.box != nil {
		w, h := i.box.extent()
		if g.horizontal {
			w, h = h, w
		}
		return panel{long: h, exit: h, left: w / 2, right: w / 2, first: true, boxes: []placed{{i.box, at{0, 0}, h, w}}}
	}
	return g.framed(i.sub)
}

func (s *scope) heading() string {
	if s.times > 1 {
		return s.name + " x " + whole(s.times)
	}
	return s.name
}

// framed is a scope's panel with a frame around. The title stands where no line
// goes: beside the trunk, which enters in the same border, or in a row above it.
func (g geometry) framed(s *scope) panel {
	in := layScope(s, g, false)
	name, note := textWidth(s.heading(), titleSize, true), textWidth(s.note, noteSize, false)
	var p panel
	if g.horizontal {
		p.take(in, framePad, 0)
		p.left, p.right = p.left+frameLine+4, p.right+framePad
		p.long = max(in.long+framePad, name+note+6+2*framePad)
		if len(s.edgesTo(sink)) > 0 {
			p.wire(false, at{framePad + in.exit, 0}, at{p.long, 0})
		} else {
			p.long += framePad
		}
		p.wire(false, at{0, 0}, at{framePad, 0})
	} else {
		p.take(in, frameHead, 0)
		p.left, p.right = max(p.left+framePad, max(name, note)+2*framePad), p.right+framePad
		p.long = frameHead + in.long
		if len(s.edgesTo(sink)) == 0 {
			p.long += framePad
		} else {
			p.wire(false, at{frameHead + in.exit, 0}, at{p.long, 0})
		}
		p.wire(false, at{0, 0}, at{frameHead, 0})
	}
	p.first, p.exit = false, p.long
	f := frame{scope: s, f0: 0, f1: p.long, c0: -p.left, c1: p.right, titleF0: framePad - 2, titleC0: -p.left + framePad - 2}
	p.frames = append([]frame{f}, p.frames...)
	if s.times > 1 { // the sheets behind it
		p.right += 6
	}
	return p
}

func (s *scope) edgesTo(i int) (out [][2]int) {
	for _, e := range s.edges {
		if e[1] == i {
			out = append(out, e)
		}
	}
	return out
}
