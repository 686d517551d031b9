package kernel

// gather is the argument of the routine that puts vectors of an implicit
// im2col matrix together. Row i of the result takes lanes from up to four
// pieces; a piece's lanes are consecutive in memory, starting so that lane l
// is at base + off + offsets[i] + 4l bytes. The generator knows the offsets
// of these fields.
type gather struct {
	dst     *float32
	stride  int // of dst, in bytes
	base    *float32
	offsets *int // in bytes
	n       int
	pieces  int
	store   int // lanes of dst that are written
	off     [4]int
	mask    [4]int
}

// packStrip packs the strip of n lanes: row i of dst holds, for every lane l,
// base[at[l] + offsets[i]/4], with zeros up to a whole vector.
func (s *tileSet) packStrip(g *gather, at []int, base *float32, offsets []int, dst []float32) {
	vecs := (len(at) + s.lanes - 1) / s.lanes
	g.base, g.offsets, g.n, g.stride = base, &offsets[0], len(offsets), 4*vecs*s.lanes
	all := 1<<s.lanes - 1
	for v := range vecs {
		lanes := at[v*s.lanes : min(len(at), (v+1)*s.lanes)]
		g.dst, g.store = &dst[v*s.lanes], all
		g.pieces = 0
		for l := 0; l < len(lanes); {
			first := l
			for l++; l < len(lanes) && lanes[l] == lanes[l-1]+1; l++ {
			}
			if g.pieces == 4 { // written now, the rest is put beside it
				s.gather(g)
				g.pieces, g.store = 0, all&^(1<<first-1)
			}
			g.off[g.pieces] = 4 * (lanes[first] - first)
			g.mask[g.pieces] = 1<<l - 1<<first
			g.pieces++
		}
		s.gather(g)
	}
}
