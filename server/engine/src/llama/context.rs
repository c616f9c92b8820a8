//! One text under evaluation: what goes into the library, and what comes out, is checked here.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use llama_cpp_sys_2 as sys;

use super::{Model, devices, last_errors};

/// Tokens that a prompt is read in at a time. Twice as many cost 3 % less, because the weights are fetched once for each chunk.
pub const CHUNK: usize = 64;
/// The same where a reader may not come to the end: what a cancel throws away is less.
pub const SMALL_CHUNK: usize = 32;

/// The most positions of one chunk that give logits.
const OUTPUTS: usize = 16;

/// Why an evaluation did not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The flag was set; what was evaluated before this call is still there, and perhaps a part of it.
    Cancelled,
    Failed(String),
}

/// One text under evaluation: its tokens' keys and values.
pub struct Context {
    context: NonNull<sys::llama_context>,
    size: usize,
    outputs: Vec<usize>,
    model: Rc<Model>,
}

impl Context {
    /// A context for `size` tokens.
    pub fn new(model: &Rc<Model>, size: usize, threads: usize) -> Result<Context, String> {
        // SAFETY: the model is alive; the parameters are the library's defaults with plain values.
        let context = unsafe {
            let mut params = sys::llama_context_default_params();
            params.n_ctx = size as u32;
            params.n_batch = CHUNK as u32;
            params.n_ubatch = CHUNK as u32;
            if devices::names().is_empty() {
                // On processors flash attention is fast for 64 tokens at a time only: behind 1536 others, without it one token takes
                // half as long and 16 a fifth, and a prompt 3 to 10 % more.
                params.flash_attn_type = sys::LLAMA_FLASH_ATTN_TYPE_DISABLED;
            }
            params.n_seq_max = 1;
            params.n_outputs_max = OUTPUTS as u32;
            params.n_threads = threads as i32;
            params.n_threads_batch = threads as i32;
            params.no_perf = true;
            sys::llama_init_from_model(model.model.as_ptr(), params)
        };
        let Some(context) = NonNull::new(context) else {
            return Err(format!("no memory for the context: {}", last_errors()));
        };
        // SAFETY: the context is alive.
        let size = unsafe { sys::llama_n_ctx_seq(context.as_ptr()) } as usize;
        Ok(Context {
            context,
            size,
            outputs: Vec::new(),
            model: model.clone(),
        })
    }

    /// Tokens that fit.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Evaluates `tokens` at `start` and after; the last `outputs` of them give logits. Setting `cancel` ends it within
    /// milliseconds on a processor; most graphics cards come to the end first.
    pub fn evaluate(
        &mut self,
        tokens: &[u32],
        start: usize,
        outputs: usize,
        cancel: &AtomicBool,
    ) -> Result<(), Stopped> {
        unsafe extern "C" fn wanted(data: *mut c_void) -> bool {
            // SAFETY: `data` is the flag below, alive during the evaluation.
            unsafe { &*data.cast::<AtomicBool>() }.load(Ordering::Relaxed)
        }
        // The library ends the process over any of these.
        if tokens.is_empty()
            || tokens.len() > CHUNK
            || outputs > OUTPUTS.min(tokens.len())
            || start + tokens.len() > self.size
            || tokens
                .iter()
                .any(|token| *token as usize >= self.model.vocabulary())
        {
            return Err(Stopped::Failed(
                "the prompt does not fit the context".into(),
            ));
        }
        let first_output = tokens.len() - outputs;
        let mut ids: Vec<i32> = tokens.iter().map(|token| *token as i32).collect();
        let mut positions: Vec<i32> = (start..start + ids.len()).map(|at| at as i32).collect();
        let mut logits: Vec<i8> = (0..ids.len())
            .map(|at| i8::from(at >= first_output))
            .collect();
        let mut sequence = 0_i32;
        let mut counts = vec![1_i32; ids.len()];
        let mut sequences = vec![&raw mut sequence; ids.len()];
        let batch = sys::llama_batch {
            n_tokens: ids.len() as i32,
            token: ids.as_mut_ptr(),
            embd: std::ptr::null_mut(),
            pos: positions.as_mut_ptr(),
            n_seq_id: counts.as_mut_ptr(),
            seq_id: sequences.as_mut_ptr(),
            logits: logits.as_mut_ptr(),
        };
        self.outputs.clear();
        let context = self.context.as_ptr();
        // SAFETY: every array of the batch has `n_tokens` entries and lives during the call; the flag outlives the callback, which
        // is taken away again.
        let status = unsafe {
            sys::llama_set_abort_callback(
                context,
                Some(wanted),
                (&raw const *cancel).cast_mut().cast(),
            );
            let status = sys::llama_decode(context, batch);
            sys::llama_synchronize(context);
            sys::llama_set_abort_callback(context, None, std::ptr::null_mut());
            status
        };
        match status {
            0 => {
                self.outputs.extend(first_output..tokens.len());
                Ok(())
            }
            2 => Err(Stopped::Cancelled),
            _ => Err(Stopped::Failed(format!(
                "llama.cpp could not evaluate the prompt ({status}): {}",
                last_errors()
            ))),
        }
    }

    /// The logits behind the token at `index` of the last evaluation, where it gave some.
    pub fn logits(&self, index: usize) -> Option<&[f32]> {
        if !self.outputs.contains(&index) {
            return None;
        }
        // SAFETY: the index is one that asked for logits; there are as many as tokens in the vocabulary, until the next evaluation,
        // which needs `&mut self`.
        unsafe {
            let logits = sys::llama_get_logits_ith(self.context.as_ptr(), index as i32);
            (!logits.is_null()).then(|| std::slice::from_raw_parts(logits, self.model.vocabulary()))
        }
    }

    /// Forgets everything from position `length` on; where the model cannot, everything. Gives the length that is left.
    pub fn cut(&mut self, length: usize) -> usize {
        // SAFETY: the context is alive.
        unsafe {
            let memory = sys::llama_get_memory(self.context.as_ptr());
            if length > 0 && sys::llama_memory_seq_rm(memory, 0, length as i32, -1) {
                return length;
            }
            sys::llama_memory_clear(memory, false);
        }
        0
    }

    /// How many positions are evaluated.
    pub fn length(&self) -> usize {
        // SAFETY: the context is alive.
        let last = unsafe {
            let memory = sys::llama_get_memory(self.context.as_ptr());
            sys::llama_memory_seq_pos_max(memory, 0)
        };
        usize::try_from(last + 1).unwrap_or(0)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: nobody else has the context.
        unsafe { sys::llama_free(self.context.as_ptr()) }
    }
}
