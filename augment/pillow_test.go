package augment

import (
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/imaging"
)

// patterned is a picture of flat, smooth and broken parts, the same everywhere.
func patterned(c, h, w int) *Picture {
	p := &Picture{}
	if err := p.Reset(imaging.Shape{Channels: c, Height: h, Width: w}); err != nil {
		panic(err)
	}
	for k := range c {
		for y := range h {
			for x := range w {
				v := x*7 + y*5 + k*40 + (x*y*(k+2))>>3 + (x*x+3*y*k)&31
				if (x/8+y/8)%3 == 0 {
					v = v * v / 64 & 255
				} else {
					v = v%200 + 20
				}
				p.Pixels[(k*h+y)*w+x] = uint8(v)
			}
		}
	}
	return p
}

// pillow holds the CRC-32 of the planes that Pillow 13.0.0 makes of patterned(3, 32, 32),
// patterned(3, 29, 41) and patterned(1, 29, 41), called as torchvision calls it: Image.transform with
// AFFINE, Image.rotate, Image.resize (along the rows, then along the columns), ImageEnhance, ImageOps, and the channel H of mode HSV for hue.
var pillow = []struct {
	name string
	want [3]uint32
}{
	{"input", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"shear_x 0.3", [3]uint32{0xccc39f4c, 0x94ae724c, 0x553fddd4}},
	{"shear_y 0.3", [3]uint32{0xa1f9ea57, 0xd4ef9a4d, 0x26a4d39c}},
	{"shear_x bilinear 0.3", [3]uint32{0x60e11faf, 0x0fe5e366, 0x627a25d9}},
	{"shear_x -0.17", [3]uint32{0xb6b945b3, 0x5001fc81, 0xe32bb935}},
	{"shear_y -0.17", [3]uint32{0x86e6383f, 0x875014d2, 0x7e822dc4}},
	{"shear_x bilinear -0.17", [3]uint32{0x0869c2f6, 0xcdc3c89a, 0x84ba5dbb}},
	{"shear_x 0.99", [3]uint32{0xfc1f6d5d, 0xf4905312, 0x31e102f1}},
	{"shear_y 0.99", [3]uint32{0x0726e5c9, 0x9a7dd7fd, 0x0fbc1faa}},
	{"translate_x 4.9", [3]uint32{0xda9b146a, 0x6c628b3e, 0xe2691aba}},
	{"translate_y 4.9", [3]uint32{0xb51d0444, 0x8538efd8, 0x02b9f3b5}},
	{"translate_x -7.2", [3]uint32{0xea26ee9e, 0x18cf2035, 0x8fb99fa4}},
	{"translate_y -7.2", [3]uint32{0x6e72361e, 0xe8bbcd87, 0xbfbe50f1}},
	{"rotate 13.0", [3]uint32{0xefe51a04, 0x164b488a, 0x619c02d1}},
	{"rotate bilinear 13.0", [3]uint32{0xe5229fae, 0x1168b5df, 0x132042c4}},
	{"rotate -30.0", [3]uint32{0x893cd743, 0x2cefb905, 0x5d1ea228}},
	{"rotate bilinear -30.0", [3]uint32{0x1e6b9d82, 0x13047726, 0xa31ef9b4}},
	{"rotate 90.0", [3]uint32{0x7b9655e1, 0x51e9caea, 0xfe007a4a}},
	{"rotate bilinear 90.0", [3]uint32{0x7b9655e1, 0x51e9caea, 0xfe007a4a}},
	{"rotate 180.0", [3]uint32{0x674e9492, 0x6dd8b891, 0x71262db3}},
	{"rotate bilinear 180.0", [3]uint32{0x674e9492, 0x6dd8b891, 0x71262db3}},
	{"rotate -90.0", [3]uint32{0xc38c7593, 0x55657a3a, 0xbdcf287a}},
	{"rotate bilinear -90.0", [3]uint32{0xc38c7593, 0x55657a3a, 0xbdcf287a}},
	{"rotate 127.5", [3]uint32{0x8da1bb6a, 0xcd8dcb8c, 0xb84a2969}},
	{"rotate bilinear 127.5", [3]uint32{0x006c588e, 0x0b98c10b, 0x00cea52f}},
	{"brightness -0.9", [3]uint32{0x5a385868, 0xfb16a33d, 0x4c763cc0}},
	{"color -0.9", [3]uint32{0xfd9932fc, 0x96cc5ce2, 0x043ae097}},
	{"contrast -0.9", [3]uint32{0x95f1a109, 0xfd0bf470, 0x2172f342}},
	{"sharpness -0.9", [3]uint32{0xab513b26, 0xe4bba7f6, 0x5eaae28b}},
	{"brightness -0.33", [3]uint32{0xb818c7f9, 0xa6b7fba6, 0xbb3ef915}},
	{"color -0.33", [3]uint32{0x431164d9, 0xb1730ce0, 0x043ae097}},
	{"contrast -0.33", [3]uint32{0xa339342c, 0xcffdf0e3, 0x383dd42d}},
	{"sharpness -0.33", [3]uint32{0x05168ca5, 0x13171a0f, 0xdbafb0da}},
	{"brightness 0.0", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"color 0.0", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"contrast 0.0", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"sharpness 0.0", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"brightness 0.45", [3]uint32{0x2a098fc9, 0xf50be585, 0x1e103e73}},
	{"color 0.45", [3]uint32{0x43405719, 0xbac9e541, 0x043ae097}},
	{"contrast 0.45", [3]uint32{0x5bfd9afc, 0xc277ce24, 0x649e903e}},
	{"sharpness 0.45", [3]uint32{0x13097dd9, 0xba1fea1a, 0x5f29c58e}},
	{"brightness 0.9", [3]uint32{0x9980a5c4, 0xd0367aa2, 0xbe716619}},
	{"color 0.9", [3]uint32{0x56386464, 0x37b69987, 0x043ae097}},
	{"contrast 0.9", [3]uint32{0x0d802338, 0x8b5735b0, 0x81ce26bb}},
	{"sharpness 0.9", [3]uint32{0x04363ca7, 0xb448096b, 0x1674a74b}},
	{"posterize 8", [3]uint32{0x694fb1d3, 0x45b31cf1, 0x043ae097}},
	{"posterize 5", [3]uint32{0xe080a53b, 0x6cb4c5e6, 0x177477f6}},
	{"posterize 2", [3]uint32{0x0c77403e, 0xae4a1116, 0xe3e064a5}},
	{"solarize 255.0", [3]uint32{0x6e1e3e32, 0x63c5c36b, 0x3bb208c6}},
	{"solarize 127.5", [3]uint32{0x0d39f303, 0x0479d765, 0xbeb0a7b1}},
	{"solarize 8.5", [3]uint32{0x566418ec, 0x9c211652, 0x9196aac6}},
	{"auto_contrast 0", [3]uint32{0xea7109bc, 0xf11f79ad, 0x043ae097}},
	{"equalize 0", [3]uint32{0x5bf519f5, 0x0408c6c1, 0x09c919ee}},
	{"invert 0", [3]uint32{0xb32c4081, 0x85aa7b84, 0xab2c3a7e}},
	{"hue 0.0", [3]uint32{0xe9f879c9, 0x1a09b9ba, 0x043ae097}},
	{"hue 0.2", [3]uint32{0x01c8e7de, 0x12331a58, 0x043ae097}},
	{"hue -0.37", [3]uint32{0xdecab642, 0xa986ac3b, 0x043ae097}},
	{"hue 0.5", [3]uint32{0x17dac09a, 0x5f650a73, 0x043ae097}},
	{"affine nearest", [3]uint32{0x6481e1a3, 0x6340240d, 0x76013a92}},
	{"affine bilinear", [3]uint32{0x8a4d750f, 0x40cc3be1, 0x99df6783}},
	{"resize 16 16", [3]uint32{0xd17e9760, 0x52ee549c, 0x75f954d3}},
	{"resize 64 90", [3]uint32{0xf9d758f6, 0x349ef61b, 0xb365820d}},
	{"resize 23 40", [3]uint32{0x23d4e71c, 0xefb1918b, 0x58477de4}},
	{"resize 224 224", [3]uint32{0x542c5e47, 0x5968e1c5, 0x3e133c6a}},
	{"resize 37 10", [3]uint32{0x4e437aa1, 0x714f361b, 0x9ce634c3}},
	{"window", [3]uint32{0xea7b9d77, 0xea7b9d77, 0x00b17a52}},
}

func TestOperationsArePillows(t *testing.T) {
	for _, c := range pillow {
		for i, p := range []*Picture{patterned(3, 32, 32), patterned(3, 29, 41), patterned(1, 29, 41)} {
			if err := operate(p, c.name); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := crc32.ChecksumIEEE(p.Pixels); got != c.want[i] {
				t.Errorf("%s, picture %d: 0x%08x, want 0x%08x", c.name, i, got, c.want[i])
			}
		}
	}
}

func operate(p *Picture, name string) error {
	what, rest, _ := strings.Cut(name, " ")
	fill := [3]uint8{99, 99, 99}
	h, w := float64(p.Shape.Height), float64(p.Shape.Width)
	switch what {
	case "input":
		return nil
	case "hue":
		var f float64
		_, err := fmt.Sscan(rest, &f)
		p.hue(f)
		return err
	case "affine":
		if rest == "nearest" {
			p.warp(affine(20, 3, -2, 0.8, 10, 5, w/2, h/2), false, fill)
		} else {
			p.warp(affine(-35, -4, 2, 1.3, -12, 8, w/2, h/2), true, fill)
		}
		return nil
	case "resize":
		var rows, columns int
		if _, err := fmt.Sscan(rest, &rows, &columns); err != nil {
			return err
		}
		return p.Resize(rows, columns)
	case "window":
		return p.ResizeWindow(Window{Top: 3, Left: 5, Height: 11, Width: 20}, 18, 31)
	}
	o := Operation{Op: what}
	if rest, o.Bilinear = strings.CutPrefix(rest, "bilinear "); false {
		return nil
	}
	if _, err := fmt.Sscan(rest, &o.Magnitude); err != nil {
		return err
	}
	if err := o.Check(); err != nil {
		return err
	}
	return o.Apply(p, &Rand{})
}
