package datasets

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

// imagenetteClasses are ImageNet's codes of the ten classes, and their names.
var imagenetteClasses = [][2]string{
	{"n01440764", "tench"}, {"n02102040", "English springer"}, {"n02979186", "cassette player"}, {"n03000684", "chain saw"},
	{"n03028079", "church"}, {"n03394916", "French horn"}, {"n03417042", "garbage truck"}, {"n03425413", "gas pump"},
	{"n03445777", "golf ball"}, {"n03888257", "parachute"},
}

// Imagenette opens the 9,469 training and 3,925 test pictures of ten classes of ImageNet that are
// easy to tell apart, in the published folders train and val with a folder a class, in dir or in
// its folder imagenette2-160, imagenette2-320 or imagenette2. Each is scaled to cover the shape and its middle is cut out.
// Pixels are normalised as for ImageNet.
//
// Howard, Imagenette, 2019, github.com/fastai/imagenette.
func Imagenette(ctx context.Context, dir string, shape Shape) (train, test *PictureFolder, err error) {
	return imagenette(dir, shape, func(cfg PictureFolderConfig) (*PictureFolder, error) { return OpenPictureFolder(ctx, cfg) })
}

func imagenette(dir string, shape Shape, open func(PictureFolderConfig) (*PictureFolder, error)) (train, test *PictureFolder, err error) {
	folder, err := findImagenette(dir)
	if err != nil {
		return nil, nil, err
	}
	norm := imaging.ImageNet()
	if shape.Channels == 1 {
		norm = Normalization{}
	}
	var parts [2]*PictureFolder
	for i, part := range []string{"train", "val"} {
		cfg := PictureFolderConfig{Dir: filepath.Join(folder, part), Shape: shape, Normalization: norm}
		for _, c := range imagenetteClasses {
			cfg.Classes = append(cfg.Classes, c[0])
			cfg.ClassNames = append(cfg.ClassNames, c[1])
		}
		if parts[i], err = open(cfg); err != nil {
			return nil, nil, err
		}
	}
	return parts[0], parts[1], nil
}

func findImagenette(dir string) (string, error) {
	const put = "put the published folders train and val there"
	if dir == "" {
		return "", errors.Errorf("Imagenette: no folder given; %s", put)
	}
	for _, sub := range []string{"", "imagenette2-160", "imagenette2-320", "imagenette2"} {
		folder := filepath.Join(dir, sub)
		if isFolder(filepath.Join(folder, "train")) && isFolder(filepath.Join(folder, "val")) {
			return folder, nil
		}
	}
	return "", errors.Errorf("Imagenette: found no folders train and val in %s or its folder imagenette2-160, imagenette2-320 or imagenette2; %s", dir, put)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
