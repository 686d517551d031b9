package drawing

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// compiled makes a box of every operation of an inference, and of every variable
// if weights are asked for. It reports whether the picture has to be laid out in
// layers: weights make no trunk with branches.
func (m *modeler) compiled(weights bool) (layered bool) {
	roles := m.roles()
	at := make([]int, len(m.s.Operations)) // of each operation's box, -1 where there is none
	for i, op := range m.s.Operations {
		at[i] = -1
		var b *box
		switch {
		case op.Variable() && op.Name == "input" && op.Layer < 0:
			b = &box{title: m.say("input", "입력"), note: size.ImageText(op.Shape), kind: dataKind, hover: []string{m.say("input ", "입력 ") + shapeText(op.Shape)}}
		case op.Variable() && !weights:
			continue
		case op.Variable():
			layered = true
			b = m.variable(op, roles[i])
		default:
			b = m.operation(i)
		}
		b.times, b.layer = 1, -1
		m.belongs(b, op)
		at[i] = len(m.root.items)
		m.root.items = append(m.root.items, &item{box: b})
		first := true
		for _, in := range op.Inputs {
			if at[in] >= 0 {
				m.root.edge(at[in], at[i])
				first = false
			}
		}
		layered = layered || first && !op.Variable() // it computes with weights alone
	}
	return layered
}

// operation is the box of operation i.
func (m *modeler) operation(i int) *box {
	op := m.s.Operations[i]
	b := &box{title: m.what(i), kind: kindOf(op), size: fmt.Sprint(op.Shape)}
	b.hover = []string{op.Attributes, fmt.Sprint(op.Shape)}
	if op.Layer >= 0 {
		b.note = m.s.Layers[op.Layer].Path
		b.hover[0] = b.note + ": " + b.hover[0]
	}
	if op.InPlace {
		b.strips = append(b.strips, strip{m.say("in the memory of the concatenation", "연결 결과의 메모리에 바로 계산"), joinKind})
	}
	switch {
	case op.Converts:
		b.form, b.kind, b.title = thinForm, shapeKind, m.say("to ", "")+m.layout(op)+m.say("", " 배치로")
		return b
	case b.kind == joinKind && op.Type != "ops.scaleChannels":
		b.form, b.row = roundForm, op.Type == "ops.concat"
		if act := m.joinedAct(op); act != "" {
			b.strips = append(b.strips, strip{act, actKind})
		}
		return b
	}
	for _, line := range []string{m.joined(op), m.how(op)} {
		if line != "" {
			b.lines = append(b.lines, line)
		}
	}
	return b
}

// joined says what a run does to an operation's result in the same pass: "+ bias +
// sum, relu".
func (m *modeler) joined(op graph.Operation) string {
	a, text := attributes(op.Attributes), ""
	learned := kindOf(op) == convKind || kindOf(op) == linearKind
	if a["bias"] == "true" || a["bias"] == "" && learned && len(op.Inputs) > 2 {
		text = m.say("+ bias", "+ 편향")
	}
	if a["sum"] == "true" {
		text += m.say(" + sum", " + 합")
	}
	if act := m.joinedAct(op); act != "" {
		text += ", " + act
	}
	return strings.TrimLeft(text, ", ")
}

// joinedAct is the activation at an operation's end: "leaky_relu 0.1".
func (m *modeler) joinedAct(op graph.Operation) string {
	act := attributes(op.Attributes)["act"]
	if act == "none" {
		return ""
	}
	return strings.Replace(act, ":", " ", 1)
}

// how says by which algorithm an operation is computed, and how its result lies.
func (m *modeler) how(op graph.Operation) string {
	text := m.layout(op)
	if op.Algorithm != "" {
		text = m.algorithm(op.Algorithm) + ", " + text
	}
	return text
}

func (m *modeler) layout(op graph.Operation) string {
	if op.Layout == graph.ChannelsLast {
		return m.say(op.Layout, "채널 마지막")
	}
	return op.Layout
}

// algorithm is an algorithm's name as papers have it: "Winograd F(4x4, 3x3)".
func (m *modeler) algorithm(name string) string {
	if tiles, ok := strings.CutPrefix(name, "winograd"); ok {
		return m.say("Winograd", "위노그라드") + " F(" + strings.Replace(tiles, "_", ", ", 1) + ")"
	}
	switch name {
	case "direct":
		return m.say(name, "직접 합성곱")
	case "depthwise":
		return m.say(name, "깊이별 합성곱")
	case "plain":
		return m.say("plain Go", "순수 Go")
	}
	return strings.ReplaceAll(name, "_", " ")
}

// roles says of the variables that convolutions and products read what they are:
// "conv1 weight".
func (m *modeler) roles() map[int]string {
	roles := map[int]string{}
	for _, op := range m.s.Operations {
		if k := kindOf(op); k != convKind && k != linearKind {
			continue
		}
		for k, in := range op.Inputs {
			if m.s.Operations[in].Variable() && k > 0 {
				role := m.say("weight", "가중치")
				if k > 1 {
					role = m.say("bias", "편향")
				}
				if op.Layer >= 0 {
					role = m.s.Layers[op.Layer].Path + " " + role
				}
				roles[in] = role
			}
		}
	}
	return roles
}

// variable is the oval of a parameter, or of what was prepared from some.
func (m *modeler) variable(op graph.Operation, role string) *box {
	b := &box{title: op.Name, size: fmt.Sprint(op.Shape), form: ovalForm, kind: dataKind, hover: []string{op.Name, fmt.Sprint(op.Shape)}}
	if len(op.Prepared) == 0 {
		return b
	}
	b.title = or(role, op.Prepared[0]) + m.say(", prepared", ", 준비됨")
	b.hover = []string{b.title, m.say("prepared once from ", "미리 계산: ") + strings.Join(op.Prepared, ", ")}
	b.size = fmt.Sprintf(m.say("%s numbers", "수 %s개"), thousands(int64(op.Shape.TotalSize())))
	return b
}
