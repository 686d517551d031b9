package datasets

import (
	"image"
	"sync"
	"sync/atomic"
)

// kept are decoded pictures by their paths, up to a number of bytes. Nobody changes them.
type kept struct {
	room     atomic.Int64 // bytes that are left
	pictures sync.Map     // path -> image.Image
}

// open returns the picture of a file, decoded by now or before.
func (k *kept) open(path string) (image.Image, error) {
	if k == nil {
		return openPicture(path)
	}
	if img, ok := k.pictures.Load(path); ok {
		return img.(image.Image), nil
	}
	img, err := openPicture(path)
	if err != nil {
		return nil, err
	}
	n := bytesOf(img)
	if n == 0 || k.room.Add(-n) < 0 {
		k.room.Add(n)
		return img, nil
	}
	if _, twice := k.pictures.LoadOrStore(path, img); twice {
		k.room.Add(n)
	}
	return img, nil
}

// bytesOf is what a picture's pixels take; 0: unknown.
func bytesOf(img image.Image) int64 {
	switch img := img.(type) {
	case *image.YCbCr:
		return int64(cap(img.Y) + cap(img.Cb) + cap(img.Cr))
	case *image.Gray:
		return int64(cap(img.Pix))
	case *image.NRGBA:
		return int64(cap(img.Pix))
	case *image.RGBA:
		return int64(cap(img.Pix))
	case *image.Paletted:
		return int64(cap(img.Pix))
	}
	return 0
}
