# Read by CMake behind each project() of llama.cpp (CMAKE_PROJECT_INCLUDE, set in .cargo/config.toml): compiles it for the processor
# of this machine where GGML_NATIVE=ON asks for that. The crate's build script overrides the variable itself.
if("$ENV{GGML_NATIVE}" STREQUAL "ON" AND NOT CMAKE_CROSSCOMPILING)
    set(GGML_NATIVE ON CACHE BOOL "compile for the processor of this machine" FORCE)
endif()

# llama.cpp keeps the shape of the tiles of Intel's AMX on the stack. GCC's headers did not say before version 14 that the instruction
# reads it (PR target/114098, fixed late in 13 and 12 too), so it is optimised away, and the first prompt ends the engine. Without
# the macro llama.cpp uses AVX-512 there.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-U__AMX_INT8__>)
endif()
