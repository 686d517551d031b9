package kernel

// pixelDirectCost counts multiply-adds at three quarters of what two units at
// 3 GHz do, and what is multiplied in vain where channels don't fill vectors.
func pixelDirectCost(c Conv) float64 {
	c = c.normal()
	s := isa
	vecs := (c.O/c.Groups + s.lanes - 1) / s.lanes
	steps := float64(c.N*c.OutH()*c.OutW()) * float64(c.C*c.KH*c.KW) * float64(vecs)
	return 1000 + steps/4.5/float64(Threads())
}
