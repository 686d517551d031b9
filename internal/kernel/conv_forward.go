package kernel

// convForward32 is ConvForward by implicit matrix product.
func convForward32(s *tileSet, c Conv, x, w []float32, ep Epilogue[float32], y []float32) {
	j := borrow[convJob]()
	defer giveBack(j)
	j.isa, j.images, j.groups = s, c.N, c.Groups
	j.inC, j.outC = c.C/c.Groups, c.O/c.Groups
	j.src, j.srcImg, j.srcCh = x, c.C*c.H*c.W, c.H*c.W
	j.inH, j.inW, j.outH, j.outW = c.H, c.W, c.OutH(), c.OutW()
	j.sh, j.sw = c.SH, c.SW
	for kh := range c.KH {
		for kw := range c.KW {
			j.taps = append(j.taps, shift{kh*c.DH - c.PH, kw*c.DW - c.PW})
		}
	}
	j.a, j.lda = w, j.inC*c.KH*c.KW
	j.aGroup = j.outC * j.lda
	j.dst, j.dstCh = y, j.outH*j.outW
	j.dstImg, j.dstW, j.dstSH, j.dstSW = c.O*j.dstCh, j.outW, 1, 1
	j.ep = ep
	j.run()
}
