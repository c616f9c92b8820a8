//! The graphics cards that llama.cpp found; the weights go to them as far as they are there.

use std::ffi::CStr;

use llama_cpp_sys_2 as sys;

/// Their names; those of processors with built-in graphics only where there is no other, as llama.cpp chooses. Empty where the
/// processor does the work.
pub fn names() -> Vec<String> {
    let of = |kind| (0..count()).filter_map(move |index| name(index, kind));
    let cards: Vec<_> = of(sys::GGML_BACKEND_DEVICE_TYPE_GPU).collect();
    if cards.is_empty() {
        of(sys::GGML_BACKEND_DEVICE_TYPE_IGPU).collect()
    } else {
        cards
    }
}

fn count() -> usize {
    // SAFETY: registers what was compiled in, at the first call.
    unsafe { sys::ggml_backend_dev_count() }
}

fn name(index: usize, kind: sys::ggml_backend_dev_type) -> Option<String> {
    // SAFETY: the index is below the count; devices and their texts, which end with 0, live for ever.
    unsafe {
        let device = sys::ggml_backend_dev_get(index);
        let text = sys::ggml_backend_dev_description(device);
        (sys::ggml_backend_dev_type(device) == kind && !text.is_null())
            .then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}
