cimport cython

from zsparkcrawl.repair.costs cimport Costs
from zsparkcrawl.repair.misread.nodes cimport Node, Path


cdef class Search:
    cdef readonly str text
    cdef readonly object how
    cdef readonly Costs costs
    cdef dict _behind
    cdef int _steps_left

    cpdef tuple standing(self, str shown, str context)
    @cython.locals(steps=list)
    cdef list _steps(self, Path path, int place, int rank)
    @cython.locals(bits=cython.double, cost=cython.double)
    cdef Path _left(self, Path path, str shown, int place)
    @cython.locals(cost=cython.double, one=Path, steps=list, paths=list)
    cdef list _read(self, Path path, int place)
    @cython.locals(length=cython.int)
    cdef list _fed(self, Path path, bytes options, int place)
    @cython.locals(cost=cython.double, steps=list, step=Path)
    cdef list _marked(self, Path path, int place)
    @cython.locals(steps=list, step=Path)
    cdef list _lost(self, Path path, int place, following)
    cdef list _lost_one(self, Path path, int place, following)
    @cython.locals(steps=list, step=Path)
    cdef list _vanished(self, Path path, int place, bint goes_on)
    @cython.locals(steps=list)
    cdef list _dropped(self, Path path, int place, following)
    @cython.locals(cost=cython.double)
    cdef Path _given_up(self, Path path, int place)
    @cython.locals(cost=cython.double, steps=list)
    cdef list _guessed(self, Path path, tuple options, int place)
    @cython.locals(bits=cython.double, cost=cython.double)
    cdef Path _emitted(self, Path path, str char, int place)
    cdef bint _may_be_good(self, str shown) except -1
    cdef object _first(self, int place)


@cython.locals(step=Path, known=Path, path=Path, going=dict, most=cython.double)
cdef list _kept(list steps)
