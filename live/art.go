package live

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/stheno-ml/stheno/drawing"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
)

// art draws a network for the page, each drawing once.
type art struct {
	net   graph.Block
	shape imaging.Shape

	mu   sync.Mutex // also makes one drawing wait for another: they take a processor each
	done map[string][]byte
}

// mostDepth is how many levels of blocks a page may ask for.
const mostDepth = 4

// svg is the network with so many levels of blocks opened, 0 for as many as are
// readable. It has no style sheet of its own: the policy forbids that.
func (a *art) svg(ctx context.Context, depth int, horizontal bool) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := strconv.Itoa(depth) + strconv.FormatBool(horizontal)
	if text, ok := a.done[key]; ok {
		return text, nil
	}
	d, err := drawing.Network(a.net, graph.TrainingConfig(a.shape.WithBatch(1)...), drawing.Options{Depth: depth, Horizontal: horizontal, Unrolled: true})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	text, err := d.Render(ctx)
	if err != nil {
		return nil, err
	}
	if from := bytes.Index(text, []byte("<style>")); from >= 0 {
		if to := bytes.Index(text, []byte("</style>")); to > from {
			text = append(text[:from:from], text[to+len("</style>"):]...)
		}
	}
	if a.done == nil {
		a.done = map[string][]byte{}
	}
	a.done[key] = text
	return text, nil
}

// drawing sends the network's drawing: ?depth=0&flow=across or down.
func (s *Server) drawing(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	depth, err := strconv.Atoi(q.Get("depth"))
	if flow := q.Get("flow"); err != nil || depth < 0 || depth > mostDepth || flow != "across" && flow != "down" {
		refuse(w, http.StatusBadRequest, "depth: want 0 to 4; flow: across or down")
		return
	}
	s.mu.Lock()
	a := s.art
	s.mu.Unlock()
	if a == nil {
		refuse(w, http.StatusConflict, "there is no network yet")
		return
	}
	text, err := a.svg(r.Context(), depth, q.Get("flow") == "across")
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	w.Header().Set("Content-Type", kinds[".svg"])
	_, _ = w.Write(text)
}
