package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/fetch"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// Published is a set of images that its authors offer for download.
type Published struct {
	Name    string          // for Lookup, and of the folder that it is installed in: "fashion_mnist"
	Title   string          // for people: "Fashion-MNIST"
	Images  string          // what there is: "60,000 + 10,000, 1x28x28"
	Mirrors []string        // addresses that a file's name is appended to, the preferred one first
	Files   []PublishedFile // to download
	// Unpacks bounds what the one file unpacks to where it is a gzipped tar
	// archive. The zero value: the files are kept as they are.
	Unpacks fetch.Limits
	Licence string // and what its authors ask of those who use it
	Paper   string // to cite
	// Pixels are the SHA-256 of the training and of the test images as they are
	// stored, see Digest; empty where they are not known.
	Pixels [2]string
	// Load reads the two parts from a folder with the files, or what they unpack to.
	Load func(ctx context.Context, dir string) (train, test Source, err error)
}

// PublishedFile is a file with the length and the checksum that it was published with.
type PublishedFile struct {
	Name   string
	Bytes  int64
	SHA256 string // hexadecimal
}

// Bytes is how much there is to download.
func (p Published) Bytes() int64 {
	var sum int64
	for _, f := range p.Files {
		sum += f.Bytes
	}
	return sum
}

// packed reports whether the file is an archive.
func (p Published) packed() bool { return p.Unpacks.Files > 0 && len(p.Files) == 1 }

// file is what to download for the i-th file.
func (p Published) file(i int) fetch.File {
	f := fetch.File{Name: p.Files[i].Name, Size: p.Files[i].Bytes, SHA256: p.Files[i].SHA256}
	for _, m := range p.Mirrors {
		f.URLs = append(f.URLs, m+f.Name)
	}
	return f
}

// Catalog is a list of published sets. PublishedSets has those that this package
// knows; a catalogue of one's own can name other mirrors or other sets.
type Catalog []Published

// Names returns the names of the sets, in the catalogue's order.
func (c Catalog) Names() []string {
	out := make([]string, len(c))
	for i, p := range c {
		out[i] = p.Name
	}
	return out
}

// Find returns the set of a name; case, hyphens and underscores don't matter. An
// unknown name is an error with the nearest known one.
func (c Catalog) Find(name string) (Published, error) {
	known := c.Names()
	i := lookup.Find(name, known)
	if i < 0 {
		return Published{}, lookup.Unknown("published dataset", name, known)
	}
	return c[i], nil
}

// CacheFolder is where Fetch installs a set, and Lookup finds it, unless another
// folder is named: stheno/datasets in the user's cache folder, which is
// $XDG_CACHE_HOME or ~/.cache on Linux.
func CacheFolder() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", errors.Wrap(err, "datasets: no cache folder; name a folder")
	}
	return filepath.Join(dir, "stheno", "datasets"), nil
}

// digitFiles are the four files of MNIST's form, with their lengths and checksums.
func digitFiles(trainImages, trainLabels, testImages, testLabels PublishedFile) []PublishedFile {
	files := []PublishedFile{trainImages, trainLabels, testImages, testLabels}
	for i, name := range []string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
		"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"} {
		files[i].Name = name
	}
	return files
}

// PublishedSets lists the sets that Fetch and Lookup know. Addresses that are
// http alone are safe all the same: no file is kept without its checksum.
func PublishedSets() Catalog {
	return Catalog{{
		Name: "mnist", Title: "MNIST", Images: "60,000 + 10,000, 1x28x28",
		Mirrors: []string{"https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"},
		Files: digitFiles(
			PublishedFile{"", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
			PublishedFile{"", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
			PublishedFile{"", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
			PublishedFile{"", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"}),
		Licence: "Creative Commons Attribution-ShareAlike 3.0",
		Paper:   "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document recognition, Proc. IEEE 86(11), 1998",
		Pixels: [2]string{
			"3f074c293944a59f39fd5c9df2c5a5c3d51dd07eae26eaec1a8cd80727532538",
			"226d568e56fefdff4d870175fd86df4f7769cdc495dfa2d21bc91ff721b9266f"},
		Load: loadDatasets(MNIST),
	}, {
		Name: "fashion_mnist", Title: "Fashion-MNIST", Images: "60,000 + 10,000, 1x28x28",
		Mirrors: []string{"https://storage.googleapis.com/tensorflow/tf-keras-datasets/", "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"},
		Files: digitFiles(
			PublishedFile{"", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
			PublishedFile{"", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
			PublishedFile{"", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
			PublishedFile{"", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}),
		Licence: "MIT",
		Paper:   "Xiao, Rasul, Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms, 2017, arXiv:1708.07747",
		Load:    loadDatasets(FashionMNIST),
	}, {
		Name: "kmnist", Title: "KMNIST", Images: "60,000 + 10,000, 1x28x28",
		Mirrors: []string{"http://codh.rois.ac.jp/kmnist/dataset/kmnist/"},
		Files: digitFiles(
			PublishedFile{"", 18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
			PublishedFile{"", 29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
			PublishedFile{"", 3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
			PublishedFile{"", 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}),
		Licence: "Creative Commons Attribution-ShareAlike 4.0",
		Paper:   "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, Deep learning for classical Japanese literature, 2018, arXiv:1812.01718",
		Load:    loadDatasets(KMNIST),
	}, {
		Name: "cifar10", Title: "CIFAR-10", Images: "50,000 + 10,000, 3x32x32",
		Mirrors: []string{"https://www.cs.toronto.edu/~kriz/"},
		Files:   []PublishedFile{{"cifar-10-binary.tar.gz", 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}},
		Unpacks: fetch.Limits{Files: 32, Bytes: 200e6},
		Licence: "none stated; the authors ask to be cited",
		Paper:   "Krizhevsky, Learning multiple layers of features from tiny images, technical report, University of Toronto, 2009",
		Pixels: [2]string{
			"1d010dcfda41bb13386263eac9d0819c104d04a76073904713bbcf616dde491e",
			"556332a942e486c195e7643efc17c8350f7f933f937a2868a84354ece143f610"},
		Load: loadDatasets(CIFAR10),
	}, {
		Name: "cifar100", Title: "CIFAR-100", Images: "50,000 + 10,000, 3x32x32",
		Mirrors: []string{"https://www.cs.toronto.edu/~kriz/"},
		Files:   []PublishedFile{{"cifar-100-binary.tar.gz", 168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"}},
		Unpacks: fetch.Limits{Files: 32, Bytes: 200e6},
		Licence: "none stated; the authors ask to be cited",
		Paper:   "Krizhevsky, Learning multiple layers of features from tiny images, technical report, University of Toronto, 2009",
		Load:    loadDatasets(CIFAR100),
	}, {
		Name: "svhn", Title: "SVHN, cropped digits", Images: "73,257 + 26,032, 3x32x32",
		Mirrors: []string{"http://ufldl.stanford.edu/housenumbers/"},
		Files: []PublishedFile{
			{"train_32x32.mat", 182040794, "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8"},
			{"test_32x32.mat", 64275384, "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b"}},
		Licence: "for non-commercial use only",
		Paper:   "Netzer, Wang, Coates, Bissacco, Wu, Ng, Reading digits in natural images with unsupervised feature learning, NIPS workshop, 2011",
		Load:    loadDatasets(SVHN),
	}, {
		Name: "imagenette160", Title: "Imagenette, shorter side 160", Images: "9,469 + 3,925, 3x160x160",
		Mirrors: []string{"https://s3.amazonaws.com/fast-ai-imageclas/"},
		Files:   []PublishedFile{{"imagenette2-160.tgz", 98948031, "88daccb09b6fce93f45e6c09ddeb269cce705549e6bff322092a2a5a11489863"}},
		Unpacks: fetch.Limits{Files: 20_000, Bytes: 300e6},
		Licence: "Apache 2.0; the pictures as in ImageNet",
		Paper:   "Howard, Imagenette, 2019, github.com/fastai/imagenette; Deng et al., ImageNet: a large-scale hierarchical image database, CVPR 2009",
		Load:    loadImagenette(160),
	}, {
		Name: "imagenette320", Title: "Imagenette, shorter side 320", Images: "9,469 + 3,925, 3x320x320",
		Mirrors: []string{"https://s3.amazonaws.com/fast-ai-imageclas/"},
		Files:   []PublishedFile{{"imagenette2-320.tgz", 341553947, "5020a9130cea0348272823cb12d2db7e981c6f2afa3dce71ccd5b8013005c55e"}},
		Unpacks: fetch.Limits{Files: 20_000, Bytes: 900e6},
		Licence: "Apache 2.0; the pictures as in ImageNet",
		Paper:   "Howard, Imagenette, 2019, github.com/fastai/imagenette; Deng et al., ImageNet: a large-scale hierarchical image database, CVPR 2009",
		Load:    loadImagenette(320),
	}}
}

// loadDatasets makes a Load of a reader of images in memory.
func loadDatasets(read func(dir string) (train, test *Dataset, err error)) func(context.Context, string) (Source, Source, error) {
	return func(_ context.Context, dir string) (Source, Source, error) {
		train, test, err := read(dir)
		if err != nil {
			return nil, nil, err
		}
		return train, test, nil
	}
}

// loadImagenette makes a Load of the squares of pictures whose shorter side is so long.
func loadImagenette(side int) func(context.Context, string) (Source, Source, error) {
	return func(_ context.Context, dir string) (Source, Source, error) {
		// Of two sizes in one folder it has to be the right one.
		for _, sub := range []string{fmt.Sprintf("imagenette%d", side), fmt.Sprintf("imagenette2-%d", side)} {
			if own := filepath.Join(dir, sub); dir != "" && isFolder(own) {
				dir = own
				break
			}
		}
		// Whoever reads them finds broken ones; decoding all twice takes a minute.
		train, test, err := imagenette(dir, Shape{Channels: 3, Height: side, Width: side}, listPictureFolder)
		if err != nil {
			return nil, nil, err
		}
		return train, test, nil
	}
}
