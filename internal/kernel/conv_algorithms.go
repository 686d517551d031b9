package kernel

import "slices"

// pixelConvs is the registry; a new algorithm is a file of its own and a line
// here.
var pixelConvs = []*PixelConv{
	&pixelWinograd43,
	&pixelWinograd23,
	&pixelWinograd25,
	&pixelDirect,
	&pixelPlain,
	&pixelDepthwise,
}

// PixelConvs lists the algorithms that fit, the one predicted to be fastest
// first. There is always one.
func PixelConvs(c Conv) []*PixelConv {
	var fit []*PixelConv
	var costs []float64
	for _, p := range pixelConvs {
		if !p.Fits(c) {
			continue
		}
		cost := p.Cost(c)
		at, _ := slices.BinarySearch(costs, cost)
		fit, costs = slices.Insert(fit, at, p), slices.Insert(costs, at, cost)
	}
	return fit
}

// LookupPixelConv returns the algorithm of that name, or nil.
func LookupPixelConv(name string) *PixelConv {
	for _, p := range pixelConvs {
		if p.Name == name {
			return p
		}
	}
	return nil
}
