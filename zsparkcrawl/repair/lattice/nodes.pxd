cimport cython

from zsparkcrawl.chinese.slots cimport Slots

cdef int _ROOM, _OPENING, _CLOSING
cdef double _NEAR


cdef class Nodes:
    cdef readonly int count, events
    cdef int _room, _event_room
    cdef readonly int[::1] parent, char, behind, last, place, carry, first, second, rival, event_node, event_before
    cdef readonly double[::1] cost, event_bits
    cdef readonly signed char[::1] inferred, hole, open

    cpdef int clear(self) except -1
    @cython.locals(node=cython.int)
    cpdef int begin(
        self, int place, int carry, int first, int second, double cost, bint inferred, bint is_open
    ) except -1
    @cython.locals(node=cython.int, is_open=cython.bint)
    cpdef int add(self, int parent, int char, int plain, int place, int carry, double cost) except -1
    @cython.locals(node=cython.int)
    cpdef int move(self, int parent, int place, int carry, double cost, bint inferred) except -1
    @cython.locals(first=cython.longlong, second=cython.longlong)
    cpdef long long context(self, int node) noexcept
    @cython.locals(event=cython.int)
    cpdef void doubt(self, int node, double bits, int rival) except *
    cdef inline int _next(self) except -1
    cdef int _grow(self) except -1


cdef class Kept:
    cdef Nodes _nodes
    cdef Slots _slots
    cdef int _room
    cdef readonly int[::1] node
    cdef readonly int count

    cpdef int clear(self) except -1
    @cython.locals(nodes=Nodes, slot=cython.int, known=cython.int)
    cpdef void keep(self, long long key, int node) except *
