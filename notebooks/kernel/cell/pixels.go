package cell

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"regexp"
	"strconv"
)

const (
	typeSVG  = "image/svg+xml"
	typePNG  = "image/png"
	typeText = "text/plain"
)

// Pixels puts a PNG beside a picture's SVG: JupyterLab shows no SVG of a notebook
// that it does not trust. The value draws itself by PNG() ([]byte, error). The
// picture keeps the size on the page that the SVG has, however many pixels the
// PNG has.
func Pixels(data, metadata map[string]any, value any) (map[string]any, map[string]any) {
	drawer, ok := value.(interface{ PNG() ([]byte, error) })
	if !ok || data[typePNG] != nil {
		return data, metadata
	}
	pixels, err := drawer.PNG()
	if err != nil {
		data[typeText] = fmt.Sprintf("%v (no PNG: %v)", data[typeText], err)
		return data, metadata
	}
	data[typePNG] = shrink(pixels)
	svg, _ := data[typeSVG].(string)
	width, height, ok := sizeOf(svg)
	if !ok {
		cfg, err := png.DecodeConfig(bytes.NewReader(pixels))
		if err != nil {
			return data, metadata
		}
		width, height = float64(cfg.Width)/1.5, float64(cfg.Height)/1.5 // 144 to the inch
	}
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata[typePNG] = map[string]any{"width": int(math.Round(width)), "height": int(math.Round(height))}
	return data, metadata
}

var (
	svgTag    = regexp.MustCompile(`(?s)<svg\b[^>]*>`)
	svgLength = regexp.MustCompile(`\s(width|height)\s*=\s*["']([0-9.]+)(px|pt|in|)["']`)
)

// sizeOf is the size of an SVG on the page, in pixels of 1/96 inch.
func sizeOf(svg string) (width, height float64, ok bool) {
	for _, m := range svgLength.FindAllStringSubmatch(svgTag.FindString(svg), -1) {
		length, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return 0, 0, false
		}
		switch m[3] {
		case "pt":
			length *= 96.0 / 72
		case "in":
			length *= 96
		}
		if m[1] == "width" {
			width = length
		} else {
			height = length
		}
	}
	return width, height, width > 0 && height > 0
}
