package kernel

import "unsafe"

// place finds the input of output pixels [row0, row1): it fills the tables of
// pixels and of runs, in bytes, and copies what needs padding.
func (j *directJob) place(w *pixelWork, row0, row1 int) {
	c := j.c
	n := row1 - row0
	runs := grow(&w.runTab, j.runs)
	w.runTab = runs
	pitch, line := j.x.Stride, j.x.Stride*c.W // of pixels, of lines
	if j.how == directStaged {
		pitch = c.C
		line = pitch * ((j.outW-1)*c.SW + (c.KW-1)*c.DW + 1)
	}
	for i := range runs {
		switch {
		case j.how == directTapwise || j.how == directEven:
			runs[i] = 0
		case j.runs == c.KH && j.runLen != j.inC: // kernel rows
			runs[i] = 4 * i * c.DH * line
		default:
			runs[i] = 4 * (i/c.KW*c.DH*line + i%c.KW*c.DW*pitch)
		}
	}
	switch j.how {
	case directEven:
		w.tab = grow(&w.tab, 12)
		for r := range w.tab[:12] {
			w.tab[r] = 4 * r * pitch
		}
	case directPlaced:
		w.tab = grow(&w.tab, n)
		j.lines(row0, row1, func(img, y, x, at, count int) {
			from := 4 * ((img*c.H+y*c.SH)*line + x*c.SW*pitch)
			for i := range w.tab[at : at+count] {
				w.tab[at+i] = from
				from += 4 * c.SW * pitch
			}
		})
	case directStaged:
		j.stage(w, row0, row1, line)
	case directTapwise:
		j.placeTaps(w, row0, row1)
	}
}

// lines calls f for each output line's pixels among [row0, row1): from column
// x of line y of an image, count of them, the first being pixel at of the
// block.
func (j *directJob) lines(row0, row1 int, f func(img, y, x, at, count int)) {
	for row := row0; row < row1; {
		line, x := row/j.outW, row%j.outW
		count := min(j.outW-x, row1-row)
		f(line/j.outH, line%j.outH, x, row-row0, count)
		row += count
	}
}

// stage copies the lines that whole output lines [row0, row1) need, padded
// with zeros, and places the pixels there.
func (j *directJob) stage(w *pixelWork, row0, row1, line int) {
	c := j.c
	reach := (c.KH-1)*c.DH + 1
	first, last := row0/j.outW, (row1-1)/j.outW
	total := 0
	for l := first; l <= last; { // an image's output lines
		img := l / j.outH
		end := min(last+1, (img+1)*j.outH)
		total += (end-1-l)*c.SH + reach
		l = end
	}
	w.staged = grow(&w.staged, total*line)
	w.tab = grow(&w.tab, row1-row0)
	at, i := 0, 0
	for l := first; l <= last; {
		img := l / j.outH
		end := min(last+1, (img+1)*j.outH)
		top := l%j.outH*c.SH - c.PH
		for y := range (end-1-l)*c.SH + reach {
			j.stageLine(w.staged[at+y*line:][:line], img, top+y)
		}
		for y := range end - l {
			from := 4 * (at + y*c.SH*line)
			for range j.outW {
				w.tab[i] = from
				from += 4 * c.SW * c.C
				i++
			}
		}
		at += ((end-1-l)*c.SH + reach) * line
		l = end
	}
}

// stageLine copies line y of an image between zeros.
func (j *directJob) stageLine(dst []float32, img, y int) {
	c := j.c
	if y < 0 || y >= c.H {
		clear(dst)
		return
	}
	lead := min(len(dst), c.PW*c.C)
	clear(dst[:lead])
	dst = dst[lead:]
	n := min(c.W, len(dst)/c.C)
	stride := j.x.Stride
	src := j.x.Data[(img*c.H+y)*c.W*stride:]
	if stride == c.C {
		copy(dst[:n*c.C], src)
	} else {
		for x := range n {
			copy(dst[x*c.C:][:c.C], src[x*stride:])
		}
	}
	clear(dst[n*c.C:])
}

// placeTaps places every tap of every pixel. Those outside of the image stand
// on zeros.
func (j *directJob) placeTaps(w *pixelWork, row0, row1 int) {
	c := j.c
	n := row1 - row0
	w.tab = grow(&w.tab, n*c.KH*c.KW)
	zeros := int(uintptr(unsafe.Pointer(&j.zeros[:1][0])) - uintptr(unsafe.Pointer(&j.x.Data[0])))
	pitch := j.x.Stride
	j.lines(row0, row1, func(img, y, x, at, count int) {
		for t := range c.KH * c.KW {
			tab := w.tab[t*n+at:][:count]
			in, left := y*c.SH+t/c.KW*c.DH-c.PH, t%c.KW*c.DW-c.PW
			lo, hi := 0, 0
			if in >= 0 && in < c.H {
				lo, hi = reach(j.outW, c.W, c.SW, left)
				lo, hi = max(lo-x, 0), min(hi-x, count)
				lo = min(lo, count)
				hi = max(hi, lo)
			}
			from := 4 * ((img*c.H+in)*c.W + (x+lo)*c.SW + left) * pitch
			for i := range tab[:lo] {
				tab[i] = zeros
			}
			for i := range tab[lo:hi] {
				tab[lo+i] = from
				from += 4 * c.SW * pitch
			}
			for i := range tab[hi:] {
				tab[hi+i] = zeros
			}
		}
	})
}
