cimport cython

from zsparkcrawl.repair.lattice.nodes cimport Kept, Nodes
from zsparkcrawl.repair.lattice.places cimport Places
from zsparkcrawl.repair.lattice.steps cimport Steps

cdef int _WIDTH, _DOUBTED, _MOST_STEPS, _STEPS_PER_TEXT, _STEPS_PER_CHARACTER, _LONGEST, _ENDS, _REACH
cdef int _OPENING, _CLOSING, _TRAIL
cdef double _DOUBTED_WITHIN, _DOUBTED_MORE, _SLACK


cdef class Beam:
    cdef readonly Places places
    cdef readonly Steps steps
    cdef readonly Nodes nodes
    cdef double _left_open
    cdef Kept _going, _fallen
    cdef long long _steps_left
    cdef double[::1] _standing, _more, _weights
    cdef int _start, _known, _begun, _room
    cdef int[::1] _paths, _sorted, _sizes, _begins, _order
    cdef readonly int count
    cdef readonly int[::1] ended

    cpdef int clear(self) except -1
    cpdef int begin(self, int place, int carry, tuple context, double cost, bint is_open) except -1
    @cython.locals(nodes=Nodes, steps=Steps, carry=cython.int, first=cython.int, at=cython.int, node=cython.int)
    cpdef int begin_cut(self, int place, tuple context, double cost, bint was_open, bint is_open) except -1
    @cython.locals(most=cython.longlong, count=cython.int, rank=cython.int)
    cpdef int search(self, int start) except -1
    @cython.locals(furthest=cython.int, at=cython.int)
    cpdef int horizon(self) except -1
    @cython.locals(nodes=Nodes, best=cython.int, at=cython.int, node=cython.int, bits=cython.double, is_open=cython.bint)
    cpdef int weigh(self, int horizon, bint closes) except -1
    cpdef double weight(self, int at) noexcept
    @cython.locals(ahead=cython.double, rank=cython.int, most=cython.double)
    cdef int _advance(self, int count) except -1
    @cython.locals(nodes=Nodes, steps=Steps, at=cython.int, node=cython.int)
    cdef int _go_on(self, int path, bint doubt) except -1
    @cython.locals(place=cython.longlong)
    cdef inline long long _key(self, int node, long long carry) noexcept
    @cython.locals(nodes=Nodes, place=cython.int, last=cython.int, end=cython.int)
    cdef int _close(self, int node) except -1
    cdef inline double _above(self, int node) noexcept
    @cython.locals(bits=cython.double)
    cdef inline double _upto(self, int place) noexcept
    @cython.locals(going=Kept, count=cython.int, place=cython.int, node=cython.int, more=cython.double, at=cython.int)
    cdef int _narrow(self) except -1
    @cython.locals(
        fallen=Kept, nodes=Nodes, sizes="int[::1]", begins="int[::1]", order="int[::1]", places=cython.int,
        begin=cython.int, rank=cython.int, place=cython.int, number=cython.int,
    )
    cdef int _collect(self) except -1
