cimport cython

from zsparkcrawl.repair.lattice.facts cimport Facts
from zsparkcrawl.repair.lattice.halves cimport Halves
from zsparkcrawl.repair.lattice.nodes cimport Nodes
from zsparkcrawl.repair.lattice.places cimport Places
from zsparkcrawl.repair.lattice.readings cimport Readings

cdef double _FLUENT, _FLUENT_TWICE, _LOST
cdef int _MOST_TWICE, _RESUMES


cdef class Steps(Halves):
    cpdef void of(self, int path, bint doubt) except *
    @cython.locals(
        nodes=Nodes, places=Places, at=cython.int, node=cython.int, place=cython.int, cost=cython.double,
        is_back=cython.bint,
    )
    cdef bint _goes_on(self, double limit) except -1
    @cython.locals(nodes=Nodes, places=Places, place=cython.int, carry=cython.int, end=cython.int, code=cython.int)
    cdef void _plain(self, int path) except *
    @cython.locals(
        nodes=Nodes, readings=Readings, carry=cython.int, row=cython.int, again=cython.int, row_again=cython.int,
        at=cython.int, trail=cython.int, bits=cython.double, char=cython.int, node=cython.int, one=cython.int,
        more=cython.double, inferred=cython.bint,
    )
    cdef int _straddled(self, int path, int place, int end) except -1
    @cython.locals(
        places=Places, facts=Facts, mark=cython.int, both=cython.int, char=cython.int, annotated=cython.bint
    )
    cdef int _shown(self, int path, int place, int code) except -1
    @cython.locals(char=cython.int)
    cdef void _shown_pair(self, int path, int place, int lead, int trail) except *
    @cython.locals(char=cython.int, behind=cython.int, node=cython.int)
    cdef void _lone_byte(self, int path, int end) except *
    @cython.locals(bottom=cython.int, top=cython.int, at=cython.int)
    cdef int _replaced_pair(self, int path, int end) except -1
    @cython.locals(bottom=cython.int, begin=cython.int, place=cython.int, top=cython.int, at=cython.int)
    cdef int _behind_lost(self, int path) except -1
    @cython.locals(
        nodes=Nodes, places=Places, end=cython.int, bottom=cython.int, straddled=cython.int, has_first=cython.bint,
        at=cython.int,
    )
    cdef void _taken_up(self, int half) except *
    @cython.locals(trail=cython.int, lead=cython.int)
    cdef int _lone_bytes(self, int half, int end) except -1
