package cell

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// shrink rewrites a PNG with a palette where that loses nothing that an eye sees:
// lines and letters on paper have few colours, and a notebook keeps its pictures
// in its file. What can be seen through becomes white. A picture of many colours,
// such as a photograph, stays as it is.
func shrink(content []byte) []byte {
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return content
	}
	b := img.Bounds()
	at := func(x, y int) (r, g, b int) {
		r16, g16, b16, a := img.At(x, y).RGBA()
		white := 0xffff - a
		return int((r16 + white) >> 8), int((g16 + white) >> 8), int((b16 + white) >> 8)
	}
	// Colours that differ by less than a sixteenth in each part share an entry,
	// which is their mean. Paper is white, whatever else is nearly so.
	key := func(r, g, b int) int { return r>>4<<8 | g>>4<<4 | b>>4 }
	const nearlyWhite = 0xfff
	white := false
	var sums [4096]struct{ r, g, b, n int }
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl := at(x, y)
			white = white || r == 0xff && g == 0xff && bl == 0xff
			s := &sums[key(r, g, bl)]
			s.r, s.g, s.b, s.n = s.r+r, s.g+g, s.b+bl, s.n+1
		}
	}
	var common []int
	for k := range sums {
		if sums[k].n > 0 {
			common = append(common, k)
		}
	}
	slices.SortStableFunc(common, func(i, j int) int { return sums[j].n - sums[i].n })
	rare := 0
	for len(common) > 256 {
		last := len(common) - 1
		rare += sums[common[last]].n
		common = common[:last]
	}
	if rare > b.Dx()*b.Dy()/500 {
		return content
	}
	palette, entry := color.Palette{}, map[int]uint8{}
	for i, k := range common {
		s := sums[k]
		entry[k] = uint8(i)
		if k == nearlyWhite && white {
			palette = append(palette, color.RGBA{0xff, 0xff, 0xff, 0xff})
			continue
		}
		palette = append(palette, color.RGBA{uint8((s.r + s.n/2) / s.n), uint8((s.g + s.n/2) / s.n), uint8((s.b + s.n/2) / s.n), 0xff})
	}
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl := at(x, y)
			k := key(r, g, bl)
			i, there := entry[k]
			if !there {
				i = uint8(palette.Index(color.RGBA{uint8(r), uint8(g), uint8(bl), 0xff}))
				entry[k] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if encoder.Encode(&small, out) != nil || small.Len() >= len(content) {
		return content
	}
	return small.Bytes()
}
