cimport cython

from zsparkcrawl.repair.lattice.facts cimport Facts
from zsparkcrawl.repair.lattice.guesses cimport Guesses
from zsparkcrawl.repair.lattice.making cimport Making
from zsparkcrawl.repair.lattice.nodes cimport Kept, Nodes
from zsparkcrawl.repair.lattice.places cimport Places
from zsparkcrawl.repair.lattice.readings cimport Readings

cdef double _LOST, _VANISHED, _DROPPED
cdef int _MOST_UNASSIGNED, _MOST_UNKNOWN, _MOST_TWICE, _RESUMES, _TRAIL, _REPLACED


cdef class Halves(Making):
    cdef Readings _readings
    cdef double _orphan_gone, _pair_vanished, dropped
    cdef Kept _kept

    @cython.locals(at=cython.int)
    cdef bint _any_below(self, int begin, double limit) noexcept
    @cython.locals(guesses=Guesses, bottom=cython.int, number=cython.int, at=cython.int)
    cdef int _halves(self, int path, int end, double cost) except -1
    @cython.locals(
        nodes=Nodes, guesses=Guesses, kept=Kept, third=cython.int, half_at=cython.int, half=cython.int,
        number=cython.int, at=cython.int, node=cython.int, count=cython.int,
    )
    cdef int _second_halves(self, int bottom, int top, int end, double cost) except -1
    cdef inline int _second_byte(self, int half) noexcept
    @cython.locals(places=Places, code=cython.int)
    cdef bint _is_ordinary(self, int place) except -1
    @cython.locals(
        nodes=Nodes, facts=Facts, guesses=Guesses, trail=cython.int, both=cython.int, carry=cython.int,
        number=cython.int, left=cython.int, at=cython.int, char=cython.int, cost=cython.double,
    )
    cdef int _taken_up_by(self, int half, int end) except -1
    @cython.locals(
        places=Places, facts=Facts, trail=cython.int, bottom=cython.int, readings=Readings, row=cython.int,
        lead=cython.int, code=cython.int, byte=cython.int, left=cython.int,
    )
    cdef bint _push_leads(self, int half, int end, int straddled) except -1
    @cython.locals(guesses=Guesses, number=cython.int, at=cython.int, lead=cython.int)
    cdef int _push_fitting(self, int half, int trail, int byte, int left, int bottom) except -1
    @cython.locals(at=cython.int)
    cdef bint _is_pushed(self, int lead, int bottom) noexcept
    @cython.locals(
        guesses=Guesses, nodes=Nodes, shows=cython.bint, cost=cython.double, swallowed=cython.bint, place=cython.int,
        number=cython.int, at=cython.int, node=cython.int,
    )
    cdef int _taken_up_lost(self, int half, int end) except -1
    cdef inline double _dropped(self, int place) noexcept
