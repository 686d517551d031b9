package drawing

import (
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/spoken"
)

// kind is what an operation does, as far as a picture's colours tell it.
type kind string

const (
	convKind    kind = "conv"    // convolutions
	linearKind  kind = "linear"  // fully connected layers
	poolKind    kind = "pool"    // pooling
	normKind    kind = "norm"    // normalisation
	actKind     kind = "act"     // activation functions
	dropoutKind kind = "dropout" // dropout, stochastic depth
	joinKind    kind = "join"    // sums and concatenations
	shapeKind   kind = "shape"   // what only moves elements
	blockKind   kind = "block"   // a closed block of several layers
	lossKind    kind = "loss"    // softmax, losses
	gradKind    kind = "grad"    // derivatives
	dataKind    kind = "data"    // what is given: images, parameters
	exprKind    kind = "expr"    // an expression's operations
	otherKind   kind = "other"
)

// words name the kinds in the legend, in its order.
var words = []struct {
	kind   kind
	en, ko string
}{
	{convKind, "convolution", "합성곱"}, {linearKind, "linear", "완전 연결"}, {normKind, "normalisation", "정규화"},
	{actKind, "activation", "활성화 함수"}, {poolKind, "pooling", "풀링"}, {dropoutKind, "dropout", "드롭아웃"},
	{joinKind, "sum, join", "덧셈, 결합"}, {shapeKind, "reshape", "모양 변환"}, {blockKind, "block", "블록"}, {otherKind, "other", "기타"},
	{exprKind, "expression", "식"}, {lossKind, "loss", "손실"}, {gradKind, "derivative", "미분"}, {dataKind, "given", "주어진 값"},
}

// tongue is the language of a drawing's words.
type tongue bool

const korean tongue = true

// tongueOf is the language that the options ask for, or the process speaks.
func tongueOf(o Options) tongue { return tongue(o.Korean || spoken.InKorean()) }

// say is the text in the drawing's language.
func (t tongue) say(en, ko string) string {
	if t == korean {
		return ko
	}
	return en
}

// kinds are known by the Go type of the operation: names are anybody's.
var kinds = map[string]kind{
	"ops.conv2D": convKind, "ops.conv2DInference": convKind, "ops.convTranspose2D": convKind,
	"ops.linear":    linearKind,
	"ops.maxPool2D": poolKind, "ops.avgPool2D": poolKind, "ops.adaptiveAvgPool2D": poolKind, "ops.globalAvgPool2D": poolKind,
	"ops.batchNorm": normKind, "ops.batchNormStats": normKind, "ops.batchNormRunning": normKind, "ops.localResponseNorm": normKind,
	"ops.affine": normKind, "ops.row": normKind,
	"ops.activate": actKind,
	"ops.dropout":  dropoutKind, "*ops.dropoutMask": dropoutKind, "ops.scaleImages": dropoutKind, "*ops.depthMask": dropoutKind,
	"ops.add": joinKind, "ops.addAct": joinKind, "ops.concat": joinKind, "ops.mul": joinKind, "ops.scaleChannels": joinKind, "ops.squeezeExcite": joinKind,
	"ops.reshape": shapeKind, "ops.padChannels": shapeKind, "ops.zeroPad2D": shapeKind, "ops.subsample": shapeKind, "ops.sliceChannels": shapeKind, "ops.extend": shapeKind,
	"ops.softmax": lossKind, "ops.logSoftmax": lossKind, "ops.crossEntropy": lossKind, "ops.softCrossEntropy": lossKind,
	"ops.binaryCrossEntropy": lossKind, "ops.huber": lossKind, "ops.pairLoss": lossKind, "ops.weightedSum": lossKind,
}

func kindOf(op graph.Operation) kind {
	switch {
	case op.Variable():
		return dataKind
	case op.Loss:
		return lossKind
	case op.Backward:
		return gradKind
	case strings.HasPrefix(op.Type, "activations.") && !strings.HasSuffix(op.Type, "Grad"):
		return actKind
	}
	if k, ok := kinds[op.Type]; ok {
		return k
	}
	return otherKind
}

// weight orders kinds by how much they say about the layer that they stand in.
var weight = map[kind]int{
	convKind: 9, linearKind: 8, poolKind: 7, normKind: 6, actKind: 5, dropoutKind: 4, otherKind: 3, lossKind: 3, joinKind: 2, shapeKind: 1,
}

// telling is larger the more an operation says about the layer that it stands in:
// a norm's statistics say less than the norm.
func telling(op graph.Operation) int {
	n := 2 * weight[kindOf(op)]
	switch op.Type {
	case "ops.batchNormStats", "ops.batchNormRunning", "ops.row", "*ops.dropoutMask", "*ops.depthMask":
		n--
	}
	return n
}
