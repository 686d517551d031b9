package architectures

import (
	"fmt"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// Simonyan and Zisserman 2014, Very Deep Convolutional Networks for Large-Scale
// Image Recognition, arXiv 1409.1556, table 1: columns A, B, D and E. The forms
// with batch norm, the adaptive pooling, the names and the initialisation are
// torchvision's.
var vgg = []Architecture{
	vggNet(11, false, 132_863_336), vggNet(11, true, 132_868_840),
	vggNet(13, false, 133_047_848), vggNet(13, true, 133_053_736),
	vggNet(16, false, 138_357_544), vggNet(16, true, 138_365_992),
	vggNet(19, false, 143_667_240), vggNet(19, true, 143_678_248),
}

// vggConvs is the number of convolutions in front of each pooling.
var vggConvs = map[int][5]int{
	11: {1, 1, 2, 2, 2}, // A
	13: {2, 2, 2, 2, 2}, // B
	16: {2, 2, 3, 3, 3}, // D
	19: {2, 2, 4, 4, 4}, // E
}

func vggNet(depth int, norm bool, params int) Architecture {
	a := Architecture{
		Name:          fmt.Sprintf("vgg%d", depth),
		Title:         fmt.Sprintf("VGG-%d", depth),
		Paper:         "Simonyan and Zisserman 2014, Very Deep Convolutional Networks for Large-Scale Image Recognition, arXiv 1409.1556, table 1",
		Input:         imaging.Shape{Channels: 3, Height: 224, Width: 224},
		MinSize:       32,
		Classes:       1000,
		Params:        params,
		Normalization: imaging.ImageNet(),
		body:          func(o Options) (blocks.Block, error) { return vggBody(o, vggConvs[depth], norm), nil },
	}
	if norm {
		a.Name += "_bn"
		a.Title += " with batch norm"
	}
	return a
}

func vggBody(o Options, convs [5]int, norm bool) blocks.Block {
	var features blocks.Sequence
	for i, width := range []int{64, 128, 256, 512, 512} {
		for range convs[i] {
			features = append(features, blocks.Conv2D{
				Out: o.width(width), Kernel: 3, Padding: 1, Init: graph.HeNormalFanOut, BiasInit: graph.Zeros,
			})
			if norm {
				features = append(features, o.norm(blocks.BatchNorm{}))
			}
			features = append(features, o.act())
		}
		features = append(features, blocks.MaxPool2D{Kernel: 2})
	}
	linear := func(out int) blocks.Linear {
		return blocks.Linear{Out: out, Init: graph.Normal(0.01), BiasInit: graph.Zeros}
	}
	return blocks.Sequence{
		// N x 3 x 224 x 224
		blocks.As("features", features),
		// N x 512 x 7 x 7
		blocks.As("avgpool", blocks.AdaptiveAvgPool2D{Out: 7}),
		// N x 512 x 7 x 7
		blocks.As("classifier", blocks.Sequence{
			linear(o.width(4096)), o.act(), o.dropout(0.5),
			// N x 4096
			linear(o.width(4096)), o.act(), o.dropout(0.5),
			// N x 4096
			linear(o.Classes),
			// N x classes
		}),
	}
}
