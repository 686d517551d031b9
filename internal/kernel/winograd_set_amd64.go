//go:build amd64 && !noasm

package kernel

var winogradSets = [isaKinds]*winogradSet{
	isaAVX512: {
		three:  winogradTransforms{4, 3, winogradInput6AVX512, winogradOutput4AVX512, winogradWeights4AVX512, winogradGradient4AVX512, winogradKernels4AVX512},
		five:   winogradTransforms{2, 5, winogradInput6AVX512, winogradOutput2AVX512, winogradWeights2AVX512, winogradGradient2AVX512, winogradKernels2AVX512},
		exact:  winogradTransforms{2, 3, winogradInput4AVX512, winogradOutput23AVX512, winogradWeights23AVX512, nil, nil},
		pixels: winogradPixelsAVX512, ahead: winogradAhead, sixteen: winogradSixteenAVX512,
	},
	isaAVX2: {
		three:  winogradTransforms{4, 3, winogradInput6AVX2, winogradOutput4AVX2, winogradWeights4AVX2, winogradGradient4AVX2, winogradKernels4AVX2},
		five:   winogradTransforms{2, 5, winogradInput6AVX2, winogradOutput2AVX2, winogradWeights2AVX2, winogradGradient2AVX2, winogradKernels2AVX2},
		exact:  winogradTransforms{2, 3, winogradInput4AVX2, winogradOutput23AVX2, winogradWeights23AVX2, nil, nil},
		pixels: winogradPixelsAVX2, ahead: winogradAhead,
	},
}
