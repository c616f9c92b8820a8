# Read by CMake behind each project() of llama.cpp (CMAKE_PROJECT_INCLUDE, set in .cargo/config.toml): compiles it for the processor
# of this machine where GGML_NATIVE=ON asks for that. The crate's build script overrides the variable itself.
if("$ENV{GGML_NATIVE}" STREQUAL "ON" AND NOT CMAKE_CROSSCOMPILING)
    set(GGML_NATIVE ON CACHE BOOL "compile for the processor of this machine" FORCE)
endif()
