package live

import "math"

// picture is an image or a stack of maps, a byte a value.
type picture struct {
	Channels int    `json:"c"` // images: 1 or 3 channels of one; maps: how many
	Height   int    `json:"h"`
	Width    int    `json:"w"`
	Pixels   []byte `json:"px"` // (C, H, W)
}

// mostSide is the side to which larger images are thinned out.
const mostSide = 64

// picture makes a normalised image one to look at.
func (d *desk) picture(image []float32) picture {
	shape := d.data.Shape()
	channels := shape.Channels
	if channels != 1 {
		channels = min(channels, 3)
	}
	by := max(1, (max(shape.Height, shape.Width)+mostSide-1)/mostSide)
	p := picture{Channels: channels, Height: shape.Height / by, Width: shape.Width / by}
	if channels == 2 {
		p.Channels = 1
	}
	p.Pixels = make([]byte, p.Channels*p.Height*p.Width)
	area := shape.Height * shape.Width
	for c := range p.Channels {
		mean, std := d.cfg.Normalization.At(c)
		for y := range p.Height {
			for x := range p.Width {
				v := float64(image[c*area+y*by*shape.Width+x*by]*std + mean)
				p.Pixels[(c*p.Height+y)*p.Width+x] = byte(math.Round(255 * math.Min(math.Max(v, 0), 1)))
			}
		}
	}
	return p
}
