package drawing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// layer is the box of a closed layer, which holds these operations.
func (m *modeler) layer(i int, operations []int) *box {
	l := m.s.Layers[i]
	b := &box{
		size: size.ImageText(l.Out), name: m.name(i), path: l.Path, paths: []string{l.Path},
		hover: m.hover(i, operations), times: 1, layer: i, kind: otherKind,
		alike: fmt.Sprint(l.Kind, l.In, l.Out, l.Params), shape: shapeOf(l.Out),
	}
	first, learned := -1, 0
	for _, k := range operations {
		op := m.s.Operations[k]
		if first < 0 || telling(op) > telling(m.s.Operations[first]) {
			first = k
		}
		if k := kindOf(op); k == convKind || k == linearKind {
			learned++
		}
	}
	if first >= 0 {
		b.kind = kindOf(m.s.Operations[first])
	}
	if learned > 1 || !l.Leaf && learned == 0 && len(operations) > 1 {
		b.kind = blockKind
		b.title, b.note = or(b.name, firstWord(l.Kind)), brief(l.Kind)
		return b
	}
	switch b.kind {
	case actKind, dropoutKind, normKind, shapeKind:
		b.form = thinForm
	}
	b.title, b.note = brief(l.Kind), b.name
	if first >= 0 && b.kind != otherKind && (b.kind != shapeKind || len(operations) == 1) {
		b.title = m.what(first)
	}
	return b
}

// single is the box of an operation between layers.
func (m *modeler) single(i int) *box {
	op := m.s.Operations[i]
	b := &box{title: m.what(i), kind: kindOf(op), form: thinForm, times: 1, layer: -1, alike: op.Attributes + fmt.Sprint(op.Shape)}
	if b.kind == joinKind {
		b.form, b.row = roundForm, op.Type == "ops.concat"
	}
	path := ""
	if op.Layer >= 0 {
		path = m.s.Layers[op.Layer].Path
	}
	b.hover = []string{strings.TrimPrefix(path+": ", ": ") + op.Name + m.say(", out ", ", 출력 ") + shapeText(op.Shape)}
	return b
}

// scope is the open block of layer i.
func (m *modeler) scope(i int) *scope {
	l := m.s.Layers[i]
	s := &scope{
		name: or(m.name(i), firstWord(l.Kind)), path: l.Path, paths: []string{l.Path}, kind: firstWord(l.Kind),
		hover: m.hover(i, nil), times: 1, layer: i, alike: fmt.Sprint(l.Kind, l.In, l.Out, l.Params),
	}
	if s.kind != "Sequence" && s.kind != s.name {
		s.note = s.kind
	}
	if out := size.ImageText(l.Out); strings.Contains(out, "x") {
		s.note = strings.TrimPrefix(s.note+" · "+out, " · ")
	}
	return s
}

func (m *modeler) say(en, ko string) string { return m.tongue.say(en, ko) }

// name is what the layer is called, with the names around it where its own is a
// number: "layer1.0". It is empty where all are numbers.
func (m *modeler) name(i int) string {
	path := m.around[i]
	name := ""
	for k := len(path) - 1; k >= 0; k-- {
		own := m.s.Layers[path[k]].Name
		name = strings.TrimSuffix(own+"."+name, ".")
		if _, err := strconv.Atoi(own); err != nil {
			return name
		}
	}
	return ""
}

// hover is what a reader sees of a layer when pointing at it.
func (m *modeler) hover(i int, operations []int) []string {
	l := m.s.Layers[i]
	kind, _, _ := strings.Cut(l.Kind, "\n")
	out := []string{l.Path + ": " + strings.TrimSuffix(kind, " {"), m.say("in ", "입력 ") + shapeText(l.In) + m.say(", out ", ", 출력 ") + shapeText(l.Out)}
	cost := []string{}
	if l.Params > 0 {
		cost = append(cost, m.say(thousands(int64(l.Params))+" parameters", "매개변수 "+thousands(int64(l.Params))+"개"))
	}
	if l.MACs > 0 && len(l.In) > 0 && l.In[0] > 0 {
		n := thousands(l.MACs / int64(l.In[0]))
		cost = append(cost, m.say(n+" multiply-adds an image", "이미지당 곱셈-덧셈 "+n+"회"))
	}
	for _, k := range operations {
		if p := attributes(m.s.Operations[k].Attributes)["padding"]; p != "" && l.Leaf {
			cost = append(cost, m.say("padding ", "패딩 ")+p)
		}
	}
	if len(cost) > 0 {
		out = append(out, strings.Join(cost, ", "))
	}
	return out
}

// what says what an operation is as papers do: "3x3 conv, 64, /2".
func (m *modeler) what(i int) string {
	op := m.s.Operations[i]
	a := attributes(op.Attributes)
	stride := ""
	if s := square(a["stride"]); s != "" && s != "1" {
		stride = ", /" + s
	}
	channels := 0
	if len(op.Shape) > 1 {
		channels = op.Shape[1]
	}
	switch op.Type {
	case "ops.conv2D", "ops.conv2DInference", "ops.convTranspose2D":
		name, groups := m.say("conv", "합성곱"), ""
		if op.Type == "ops.convTranspose2D" {
			name = m.say("transposed conv", "전치 합성곱")
		}
		kernel := ""
		if k := a["kernel"]; k != "" {
			kernel = k + " "
		} else if len(op.Inputs) > 1 {
			if w := m.s.Operations[op.Inputs[1]].Shape; len(w) == 4 {
				kernel = fmt.Sprintf("%dx%d ", w[2], w[3])
			}
		}
		if n, _ := strconv.Atoi(a["groups"]); n > 1 {
			if in := m.s.Operations[op.Inputs[0]].Shape; len(in) > 1 && in[1] == n {
				name = m.say("depthwise ", "깊이별 ") + name
			} else {
				groups = fmt.Sprintf(m.say(", %d groups", ", 그룹 %d개"), n)
			}
		}
		dilated := ""
		if d := square(a["dilation"]); d != "" && d != "1" {
			dilated = m.say(", dilation ", ", 팽창 ") + d
		}
		return fmt.Sprintf("%s%s, %d%s%s%s", kernel, name, channels, stride, groups, dilated)
	case "ops.linear":
		return fmt.Sprintf(m.say("linear, %d", "완전 연결, %d"), channels)
	case "ops.maxPool2D":
		return a["kernel"] + m.say(" max pool", " 최대 풀링") + stride
	case "ops.avgPool2D":
		return a["kernel"] + m.say(" average pool", " 평균 풀링") + stride
	case "ops.adaptiveAvgPool2D":
		return m.say("average pool to "+a["output"], "평균 풀링, "+a["output"])
	case "ops.globalAvgPool2D":
		return m.say("global average pool", "전역 평균 풀링")
	case "ops.batchNorm":
		return m.say("batch norm", "배치 정규화")
	case "ops.localResponseNorm":
		return m.say("local response norm", "국소 응답 정규화")
	case "ops.dropout", "ops.scaleImages", "*ops.dropoutMask", "*ops.depthMask":
		return m.dropout(i)
	case "ops.add", "ops.addAct":
		return "+"
	case "ops.concat":
		return m.say("concat", "연결")
	case "ops.mul", "ops.scaleChannels":
		return "×"
	}
	if op.Type == "ops.reshape" && op.Name == "flatten" {
		return m.say("flatten", "평탄화")
	}
	if kindOf(op) == actKind {
		return activation(op)
	}
	return strings.ReplaceAll(op.Name, "_", " ")
}

// activation is the function with its setting: "elu 1", "leaky_relu 0.01".
func activation(op graph.Operation) string {
	for _, key := range []string{"alpha", "slope", "a", "pieces", "k"} {
		if v := attributes(op.Attributes)[key]; v != "" {
			return op.Name + " " + v
		}
	}
	return op.Name
}

func (m *modeler) dropout(i int) string {
	op := m.s.Operations[i]
	name := strings.TrimSuffix(strings.ReplaceAll(op.Name, "_", " "), " mask")
	if m.tongue == korean {
		name = map[string]string{"dropout": "드롭아웃", "stochastic depth": "확률적 깊이"}[name]
	}
	for _, k := range append([]int{i}, op.Inputs...) {
		if p := attributes(m.s.Operations[k].Attributes)["p"]; p != "" {
			return name + " " + p
		}
	}
	return name
}

// attributes reads the settings of "conv2d{stride=2x2 groups=1}".
func attributes(text string) map[string]string {
	out := map[string]string{}
	_, in, _ := strings.Cut(text, "{")
	for _, f := range strings.Fields(strings.TrimSuffix(in, "}")) {
		if k, v, ok := strings.Cut(f, "="); ok {
			out[k] = v
		}
	}
	return out
}

// square writes "2x2" as "2".
func square(s string) string {
	if a, b, ok := strings.Cut(s, "x"); ok && a == b {
		return a
	}
	return s
}

func firstWord(kind string) string {
	w, _, _ := strings.Cut(kind, " ")
	return strings.Trim(w, "{},:\n")
}

// brief is a block's description without settings such as norms and
// activations: what it is and its sizes.
func brief(kind string) string {
	kind, _, _ = strings.Cut(kind, "\n")
	parts := strings.Split(strings.TrimSuffix(kind, " {"), ", ")
	out := parts[:1]
	for _, p := range parts[1:] {
		if strings.HasPrefix(p, "stride") || p != "" && p[0] >= '0' && p[0] <= '9' && !strings.Contains(p, " ") {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

func shapeText(shape tensor.Shape) string {
	if len(shape) < 2 {
		return fmt.Sprint(shape)
	}
	return size.ImageText(shape)
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (m *modeler) lossText(h graph.Head) string {
	text := m.say("loss", "손실")
	switch h.Loss.(type) {
	case graph.CrossEntropy, graph.SoftCrossEntropy:
		text = m.say("softmax, loss", "소프트맥스, 손실")
	case graph.BinaryCrossEntropy:
		text = m.say("sigmoid, loss", "시그모이드, 손실")
	}
	if h.Weight != 1 {
		text += " x " + strconv.FormatFloat(h.Weight, 'g', 4, 64)
	}
	return text
}

func (m *modeler) lossHover(h graph.Head) string {
	return fmt.Sprintf(m.say("%s: %T, weight %.4g in the total", "%s: %T, 전체 손실에서의 가중치 %.4g"), h.Name, h.Loss, h.Weight)
}
