package datasets

// levels holds what each of a byte's 256 values is once it is normalised, for one channel.
type levels [256]float32

// maxLevels bounds the memory that tables take: images have few channels.
const maxLevels = 16

// tabulate makes the tables of the view's channels. Images that are seen as they are stored, or as
// one stored channel repeated, are read through them: the same values as by calculation, at less
// than half the time.
func (d *Dataset) tabulate() {
	d.levels = nil
	if d.channels > maxLevels || len(d.mix) > 1 {
		return
	}
	d.levels = make([]levels, d.channels)
	for c := range d.levels {
		d.levels[c].normalize(d.norm.At(c))
	}
}

// normalize fills the table: (v/255 - mean) / std.
func (t *levels) normalize(mean, std float32) {
	for v := range t {
		t[v] = float32(v)
	}
	normalize(t[:], t[:], mean, std)
}

// look writes stored image s, placed, to dst (C, H, W) through the tables.
func (d *Dataset) look(s int, dst []float32, p placement) {
	h, w := d.stored.Height, d.stored.Width
	area := h * w
	pixels := d.pixels[s*d.stored.Channels*area : (s+1)*d.stored.Channels*area]
	x0, x1 := max(0, p.dx), min(w, w+p.dx)
	for c := range d.levels {
		table, plane, out := &d.levels[c], pixels[:area], dst[c*area:(c+1)*area]
		if d.mix == nil {
			plane = pixels[c*area : (c+1)*area]
		}
		if p == (placement{}) {
			for i, v := range plane {
				out[i] = table[v]
			}
			continue
		}
		for y := range h {
			row := out[y*w : (y+1)*w]
			if y-p.dy < 0 || y-p.dy >= h || x0 >= x1 {
				flood(row, table[0])
				continue
			}
			from := plane[(y-p.dy)*w : (y-p.dy+1)*w]
			flood(row[:x0], table[0])
			flood(row[x1:], table[0])
			if shown := row[x0:x1]; p.flip {
				// Column x shows column w-1-(x-dx) of the stored row, from right to left.
				from = from[w-x1+p.dx : w-x0+p.dx]
				for k, v := range from {
					shown[len(from)-1-k] = table[v]
				}
			} else {
				for k, v := range from[x0-p.dx : x1-p.dx] {
					shown[k] = table[v]
				}
			}
		}
	}
}
