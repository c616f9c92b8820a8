//! The thin safe side of llama.cpp: only what the engine uses, every length checked before C++ sees it.
//!
//! On the raw binding, because the abort callback, the log hook and requantising are only there. A failed assertion inside the
//! library ends the process; that is why the engine is one of its own.

mod context;
pub mod devices;

use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr::{NonNull, null};
use std::sync::{Mutex, Once, PoisonError};

use llama_cpp_sys_2 as sys;

use crate::{pages, processor};

pub use context::{CHUNK, Context, SMALL_CHUNK, Stopped};

static ERRORS: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Gets the library ready, once per process.
///
/// # Errors
/// Where the processor lacks what the library was compiled for; it would end the process with an illegal instruction.
pub fn init() -> Result<(), String> {
    processor::check()?;
    static ONCE: Once = Once::new();
    // SAFETY: called once, before any other call into the library; the hook is a static function without user data.
    ONCE.call_once(|| unsafe {
        sys::llama_log_set(Some(keep_errors), std::ptr::null_mut());
        sys::llama_backend_init();
    });
    Ok(())
}

/// The last error lines of the library, newest last; taking them forgets them.
pub fn last_errors() -> String {
    let mut lines = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    lines.drain(..).collect::<Vec<_>>().join("; ")
}

unsafe extern "C" fn keep_errors(
    level: sys::ggml_log_level,
    text: *const c_char,
    _user_data: *mut c_void,
) {
    if level != sys::GGML_LOG_LEVEL_ERROR || text.is_null() {
        return;
    }
    // SAFETY: the library passes a text that ends with 0 and lives during the call.
    let line = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    let mut lines = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    if lines.len() == 4 {
        lines.pop_front();
    }
    lines.push_back(line.to_owned());
}

fn c_path(path: &Path) -> Result<CString, String> {
    let text = path
        .to_str()
        .ok_or_else(|| format!("{} is not Unicode", path.display()))?;
    CString::new(text).map_err(|_| format!("{} has a zero byte", path.display()))
}

/// Writes a copy of `from` with 8-bit weights, which reads prompts faster.
pub fn requantise(from: &Path, to: &Path, threads: usize) -> Result<(), String> {
    let (from, to) = (c_path(from)?, c_path(to)?);
    // SAFETY: both names end with 0 and live during the call; the parameters are the library's defaults with plain values.
    let status = unsafe {
        let mut params = sys::llama_model_quantize_default_params();
        params.nthread = threads as i32;
        params.ftype = sys::LLAMA_FTYPE_MOSTLY_Q8_0;
        params.allow_requantize = true;
        sys::llama_model_quantize(from.as_ptr(), to.as_ptr(), &params)
    };
    match status {
        0 => Ok(()),
        _ => Err(format!("requantising failed: {}", last_errors())),
    }
}

/// Loaded weights.
pub struct Model {
    model: NonNull<sys::llama_model>,
    vocab: *const sys::llama_vocab,
}

impl Model {
    /// Loads the weights at `path`; `progress` hears of shares from 0 to 1.
    ///
    /// # Errors
    /// With the library's own last words.
    pub fn load(path: &Path, mut progress: impl FnMut(f32)) -> Result<Model, String> {
        unsafe extern "C" fn report(share: f32, user_data: *mut c_void) -> bool {
            // SAFETY: `user_data` is the reference below, alive while the library loads.
            let progress = unsafe { &mut *user_data.cast::<&mut dyn FnMut(f32)>() };
            progress(share);
            true
        }
        let name = c_path(path)?;
        let bytes = std::fs::metadata(path).map_or(u64::MAX, |data| data.len());
        let mut progress: &mut dyn FnMut(f32) = &mut progress;
        // SAFETY: the name and the callback's data live during the call.
        let model = unsafe {
            let mut params = sys::llama_model_default_params();
            params.load_mode = if devices::names().is_empty() && pages::are_for(bytes) {
                sys::LLAMA_LOAD_MODE_NONE
            } else {
                sys::LLAMA_LOAD_MODE_MMAP
            };
            params.progress_callback = Some(report);
            params.progress_callback_user_data = (&raw mut progress).cast();
            sys::llama_model_load_from_file(name.as_ptr(), params)
        };
        let Some(model) = NonNull::new(model) else {
            return Err(format!("{}: {}", path.display(), last_errors()));
        };
        // SAFETY: the model is alive; the vocabulary belongs to it.
        let vocab = unsafe { sys::llama_model_get_vocab(model.as_ptr()) };
        Ok(Model { model, vocab })
    }

    /// Tokens that the model was trained to read together.
    pub fn trained_window(&self) -> usize {
        // SAFETY: the model is alive.
        unsafe { sys::llama_model_n_ctx_train(self.model.as_ptr()) }.max(0) as usize
    }

    pub fn parameters(&self) -> u64 {
        // SAFETY: the model is alive.
        unsafe { sys::llama_model_n_params(self.model.as_ptr()) }
    }

    /// Bytes of all tensors.
    pub fn bytes(&self) -> u64 {
        // SAFETY: the model is alive.
        unsafe { sys::llama_model_size(self.model.as_ptr()) }
    }

    /// Bytes of key-value cache for one token, about: two values of 16 bits per layer and dimension of the KV heads.
    pub fn cache_bytes_per_token(&self) -> usize {
        let model = self.model.as_ptr();
        // SAFETY: the model is alive.
        let [layers, heads, kv_heads, size] = unsafe {
            [
                sys::llama_model_n_layer(model),
                sys::llama_model_n_head(model),
                sys::llama_model_n_head_kv(model),
                sys::llama_model_n_embd(model),
            ]
        }
        .map(|count| count.max(1) as usize);
        layers * (size / heads) * kv_heads * 2 * 2
    }

    pub fn vocabulary(&self) -> usize {
        // SAFETY: the vocabulary lives as long as the model.
        unsafe { sys::llama_vocab_n_tokens(self.vocab) }.max(0) as usize
    }

    /// The token that begins a text, and whether every prompt has to begin with it.
    pub fn begin(&self) -> Option<(u32, bool)> {
        // SAFETY: the vocabulary lives as long as the model.
        let (token, add) = unsafe {
            (
                sys::llama_vocab_bos(self.vocab),
                sys::llama_vocab_get_add_bos(self.vocab),
            )
        };
        Some((u32::try_from(token).ok()?, add))
    }

    /// Whether this token ends an answer: an end token, or one that only steers and is no text.
    pub fn ends(&self, token: u32) -> bool {
        // SAFETY: the vocabulary lives as long as the model, and the token is one of it.
        (token as usize) >= self.vocabulary()
            || unsafe {
                sys::llama_vocab_is_eog(self.vocab, token as i32)
                    || sys::llama_vocab_is_control(self.vocab, token as i32)
            }
    }

    /// The tokens of a text; only with `control` may texts of control tokens become these.
    pub fn tokenise(&self, text: &str, control: bool) -> Result<Vec<u32>, String> {
        let length = i32::try_from(text.len()).map_err(|_| "the text is too long")?;
        let mut tokens = vec![0_i32; text.len() + 8];
        // SAFETY: text and tokens are valid for the lengths that are passed.
        let count = unsafe {
            sys::llama_tokenize(
                self.vocab,
                text.as_ptr().cast(),
                length,
                tokens.as_mut_ptr(),
                tokens.len() as i32,
                false,
                control,
            )
        };
        let count = usize::try_from(count).map_err(|_| "the text cannot be tokenised")?;
        tokens.truncate(count);
        Ok(tokens.into_iter().map(|token| token as u32).collect())
    }

    /// The bytes that a token stands for; none for control tokens.
    pub fn piece(&self, token: u32) -> Vec<u8> {
        if token as usize >= self.vocabulary() {
            return Vec::new();
        }
        let mut buffer = vec![0_u8; 64];
        for _ in 0..2 {
            // SAFETY: the buffer is valid for its length, and the token is one of the vocabulary.
            let length = unsafe {
                sys::llama_token_to_piece(
                    self.vocab,
                    token as i32,
                    buffer.as_mut_ptr().cast(),
                    buffer.len() as i32,
                    0,
                    false,
                )
            };
            match usize::try_from(length) {
                Ok(length) => {
                    buffer.truncate(length);
                    return buffer;
                }
                Err(_) => buffer.resize(length.unsigned_abs() as usize, 0),
            }
        }
        Vec::new()
    }

    /// The conversation in the model's own layout, with a place for the answer; None where the model has none that is known.
    pub fn lay_out(&self, turns: &[(String, String)]) -> Option<String> {
        let texts: Option<Vec<_>> = turns
            .iter()
            .map(|(role, text)| Some((c_text(role)?, c_text(text)?)))
            .collect();
        let texts = texts?;
        let turns: Vec<_> = texts
            .iter()
            .map(|(role, text)| sys::llama_chat_message {
                role: role.as_ptr(),
                content: text.as_ptr(),
            })
            .collect();
        let mut buffer = vec![0_u8; 1 << 14];
        for _ in 0..2 {
            // SAFETY: the messages point into `texts`; the template belongs to the model; the buffer is valid for its length.
            let length = unsafe {
                let template = sys::llama_model_chat_template(self.model.as_ptr(), null());
                if template.is_null() {
                    return None;
                }
                sys::llama_chat_apply_template(
                    template,
                    turns.as_ptr(),
                    turns.len(),
                    true,
                    buffer.as_mut_ptr().cast(),
                    buffer.len() as i32,
                )
            };
            let length = usize::try_from(length).ok()?;
            if length <= buffer.len() {
                buffer.truncate(length);
                return String::from_utf8(buffer).ok();
            }
            buffer.resize(length, 0);
        }
        None
    }
}

fn c_text(text: &str) -> Option<CString> {
    CString::new(text).ok()
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: contexts hold the model, so none is left.
        unsafe { sys::llama_model_free(self.model.as_ptr()) }
    }
}
