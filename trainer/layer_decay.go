package trainer

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// checkLayerDecay refuses what is no share.
func checkLayerDecay(decay float64) error {
	if decay >= 0 && decay <= 1 {
		return nil
	}
	return errors.Errorf("LayerDecay is %v, want at least 0 and at most 1", decay)
}

// layerFactors gives each parameter decay^d, where d is the number of layers
// between its own and the last one. The parameters are in the network's order.
func layerFactors(parameters []Parameter, decay float64) []float64 {
	layers := make([]int, len(parameters))
	numbers := map[string]int{}
	count := 0
	for i := 0; i < len(parameters); {
		// A layer's parameters follow each other. One without a matrix, such as a
		// norm by itself, is part of the layer before it.
		name, end, matrix := layerOf(parameters[i].Name), i, false
		for ; end < len(parameters) && layerOf(parameters[end].Name) == name; end++ {
			matrix = matrix || parameters[end].Value.Dims() > 1
		}
		layer, known := numbers[name]
		if !known {
			if matrix || count == 0 {
				count++
			}
			layer = count - 1
			numbers[name] = layer
		}
		for ; i < end; i++ {
			layers[i] = layer
		}
	}
	factors := make([]float64, len(parameters))
	for i, layer := range layers {
		factors[i] = math.Pow(decay, float64(count-1-layer))
	}
	return factors
}

// layerOf is the part of the network that a parameter belongs to: the first word
// of its name, and the second where that is a number: "layer1.0", "features.3",
// "conv1".
func layerOf(name string) string {
	words := strings.Split(name, ".")
	if len(words) > 2 {
		if _, err := strconv.Atoi(words[1]); err == nil {
			return words[0] + "." + words[1]
		}
	}
	return words[0]
}
