package project

import "sync"

// memo computes the value of each key once and keeps it. It may be used from several goroutines; the zero value is
// ready for use.
type memo[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]*lazy[V]
}

// get returns the value of a key. compute runs outside of the lock, so that it may ask for others.
func (m *memo[K, V]) get(key K, compute func() V) V {
	m.mu.Lock()
	l := m.values[key]
	if l == nil {
		if m.values == nil {
			m.values = map[K]*lazy[V]{}
		}
		l = &lazy[V]{}
		m.values[key] = l
	}
	m.mu.Unlock()
	return l.get(compute)
}

// forget drops the value of a key.
func (m *memo[K, V]) forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
}

// known yields the values that were computed.
func (m *memo[K, V]) known(yield func(K, V) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, l := range m.values {
		if v, ok := l.computed(); ok && !yield(key, v) {
			return
		}
	}
}

// put gives a key a value that was computed elsewhere.
func (m *memo[K, V]) put(key K, value V) {
	l := &lazy[V]{}
	l.get(func() V { return value })
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[K]*lazy[V]{}
	}
	m.values[key] = l
}

// lazy computes a value once.
type lazy[T any] struct {
	once  sync.Once
	value T
	done  sync.Mutex // guards has
	has   bool
}

func (l *lazy[T]) get(compute func() T) T {
	l.once.Do(func() {
		l.value = compute()
		l.done.Lock()
		l.has = true
		l.done.Unlock()
	})
	return l.value
}

// computed returns the value if it is there.
func (l *lazy[T]) computed() (value T, ok bool) {
	l.done.Lock()
	defer l.done.Unlock()
	if l.has {
		value = l.value
	}
	return value, l.has
}
