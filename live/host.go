package live

type host struct{ operations *operations }

func (h *host) close() {}
