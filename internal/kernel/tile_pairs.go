package kernel

// pairIndex selects even elements, odd elements, and spreads a vector's lower
// and upper half over twice the places.
var pairIndex = func() (index [64]int32) {
	for i := range int32(16) {
		index[i], index[16+i] = 2*i, 2*i+1
		index[32+i], index[48+i] = i/2, 8+i/2
	}
	return index
}()

// split writes elements 0, 2, ... of src to even and 1, 3, ... to odd.
func (s *tileSet) split(even, odd, src []float32) {
	if s.splitPairs != nil && len(src) > 1 {
		s.splitPairs(&even[0], &odd[0], &src[0], len(src), &pairIndex[0])
		return
	}
	for i, v := range src {
		if i&1 == 0 {
			even[i/2] = v
		} else {
			odd[i/2] = v
		}
	}
}

// spread writes src to places 0, 2, ... of dst.
func (s *tileSet) spread(dst, src []float32) {
	if s.spreadPairs != nil && len(src) > 0 {
		_ = dst[2*len(src)-2]
		s.spreadPairs(&dst[0], &src[0], len(src), &pairIndex[0])
		return
	}
	for i, v := range src {
		dst[2*i] = v
	}
}
