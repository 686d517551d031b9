package kernel

// maxima says for each window of a plane where its maximum is, and holds the
// gradients of the windows beside that. Each element of the plane then takes
// the gradients of the windows that it is the maximum of: it looks at the
// rows×taps windows that could reach it. Around the windows there are some
// more that have their maximum nowhere, for the elements at the edges.
type maxima struct {
	poolPlan
	rows, taps    int
	height, pitch int
	at            []int32
	grads         []float32
}

func (p poolPlan) maxima() maxima {
	s := p.SW // = p.SH
	m := maxima{poolPlan: p, rows: (p.KH + s - 1) / s, taps: (p.KW + s - 1) / s}
	m.height = m.rows - 1 + max(p.OH, (p.PH+p.H-1)/s+1)
	m.pitch = m.taps - 1 + max(p.OW, (p.PW+p.W-1)/s+1) + 2*isa.lanes // a vector may begin at the last
	m.at = scratchInt.take(m.height * m.pitch)
	fill(m.at, -1)
	m.grads = scratch32.take(m.height * m.pitch)
	fill(m.grads, 0)
	return m
}

func (m *maxima) release() {
	scratchInt.give(m.at)
	scratch32.give(m.grads)
}

func (m *maxima) find(x, dy []float32) {
	o := (m.rows-1)*m.pitch + m.taps - 1
	m.searches(x).arg(&x[0], m.cols, m.SH*m.cols, m.KH, m.KW, m.OW, m.OH, &m.at[o], m.pitch, &dy[0], &m.grads[o])
}

func (m *maxima) collect(dx []float32) {
	s := m.SW
	o := m.PH/s*m.pitch + m.taps - 1 + m.PW/s
	first, pitch := int32(m.PH*m.cols+m.PW), int32(m.cols)
	switch {
	case s == 1 && m.rows == 3 && m.taps == 3:
		vecCollect3x3s1(&m.at[o], &m.grads[o], m.pitch, 3, 3, m.W, m.H, 0, 0, first, pitch, &dx[0])
	case s == 1:
		vecCollect1(&m.at[o], &m.grads[o], m.pitch, m.rows, m.taps, m.W, m.H, 0, 0, first, pitch, &dx[0])
	case m.rows == 2 && m.taps == 2:
		vecCollect3x3s2(&m.at[o], &m.grads[o], m.pitch, 2, 2, m.W, m.H, m.PH%2, m.PW%2, first, pitch, &dx[0])
	default:
		vecCollect2(&m.at[o], &m.grads[o], m.pitch, m.rows, m.taps, m.W, m.H, m.PH%2, m.PW%2, first, pitch, &dx[0])
	}
}
