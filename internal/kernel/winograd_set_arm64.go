//go:build arm64 && !noasm

package kernel

var winogradSets = [isaKinds]*winogradSet{
	isaNEON: {
		three:  winogradTransforms{4, 3, winogradInput6NEON, winogradOutput4NEON, winogradWeights4NEON, winogradGradient4NEON, winogradKernels4NEON},
		five:   winogradTransforms{2, 5, winogradInput6NEON, winogradOutput2NEON, winogradWeights2NEON, winogradGradient2NEON, winogradKernels2NEON},
		exact:  winogradTransforms{2, 3, winogradInput4NEON, winogradOutput23NEON, winogradWeights23NEON, nil, nil},
		pixels: winogradPixelsNEON,
	},
}
