package pictures

import "github.com/pkg/errors"

// plausible refuses a picture that announces more pixels than the bytes of its file
// can hold, before the decoder takes memory for them: a hundred bytes must not cost
// a gigabyte.
func plausible(format string, width, height int, content []byte) error {
	need := int64(width) * int64(height) // pixels, of PNG bits
	var most int64                       // that a byte of the file can hold
	switch format {
	case "png":
		// Deflate makes at most 1,032 bytes of one (258 bytes for two codes of a
		// bit each); a row begins with a byte of its own.
		need = int64(height) * (8 + int64(width)*int64(bitsPerPixel(content)))
		most = 8 * 1032
	case "gif":
		// A code of 12 bits stands for a row of 4,095 bytes at most.
		most = 4096 * 8 / 12
	case "jpeg":
		// A block of 8x8 pixels has one code at least, of one bit at least.
		most = 64 * 8
	default:
		// Lossless WebP writes one colour in no bits at all; such a picture may
		// have a million pixels.
		most = 4096
		need -= 1 << 20
	}
	if need > most*int64(len(content)) {
		return errors.Errorf("%s of %dx%d pixels in %d bytes, which cannot hold them", format, width, height, len(content))
	}
	return nil
}

// bitsPerPixel of a PNG file follows from its header: bit depth and colour type
// (W3C, PNG specification, section 11.2.2).
func bitsPerPixel(content []byte) int {
	if len(content) < 26 {
		return 1
	}
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[content[25]]
	return max(1, int(content[24])*channels)
}
