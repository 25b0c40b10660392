cimport cython

from zsparkcrawl.repair.lattice.bits cimport Bits
from zsparkcrawl.repair.lattice.facts cimport Facts
from zsparkcrawl.repair.lattice.guesses cimport Guesses
from zsparkcrawl.repair.lattice.nodes cimport Nodes
from zsparkcrawl.repair.lattice.places cimport Places

cdef double _NONE
cdef int _OPENING, _CLOSING, _ZERO, _BLANK, _UNKNOWN, _ROOM


cdef class Making:
    cdef readonly Places places
    cdef readonly Guesses guesses
    cdef readonly Nodes nodes
    cdef Bits costs
    cdef Facts facts
    cdef double wrong_quote
    cdef readonly int[::1] out
    cdef public int count
    cdef int _room, _most, _first
    cdef double limit
    cdef int[::1] stack
    cdef int top, _stack_room

    cpdef int step(self, int node) except -1
    cpdef int bound(self, int most) except -1
    cpdef int unbound(self) except -1
    cpdef int push(self, int value) except -1
    @cython.locals(nodes=Nodes, bits=cython.double)
    cpdef int emit(self, int path, int char, int carry, int place, double cost) except -1
    @cython.locals(nodes=Nodes, plain=cython.int, bits=cython.double, node=cython.int)
    cpdef int emit_two(self, int path, int char, int behind, int place) except -1
    @cython.locals(nodes=Nodes, node=cython.int)
    cpdef int guessed(self, int path, int char, double bits, int carry, int place, double cost) except -1
    @cython.locals(guesses=Guesses, number=cython.int, at=cython.int, node=cython.int, known=cython.double)
    cpdef int guess(self, int path, int which, int carry, int place, double cost, bint swallowed) except -1
    @cython.locals(nodes=Nodes, cost=cython.double, node=cython.int)
    cpdef int swallow(self, int path) except -1
    @cython.locals(cost="double[::1]", count=cython.int, place=cython.int, node=cython.int, at=cython.int)
    cpdef int least(self, int[::1] among, int begin, int end, int most) except -1
