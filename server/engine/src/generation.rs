//! One generation, step by step: a chunk of prompt or a token of answer at a time, so that several run side by side.

use std::time::{Duration, Instant};

use crate::heal::{Healing, Pieces};
use crate::llama::{CHUNK, Context, Model, SMALL_CHUNK, Stopped};
use crate::output::{Output, Repetition};
use crate::prompt::Encoded;
use crate::sample::{Choice, Sampler};
use crate::serve::Job;
use crate::wire::{End, EndReason, ErrorKind, Generate, Reply};

/// The evaluated tokens of one document.
pub struct Slot {
    pub key: String,
    pub context: Context,
    /// What the context holds.
    pub tokens: Vec<u32>,
    /// When it was last used, in generations.
    pub used: u64,
    pub busy: bool,
    /// Whether the last generation was cancelled before it had read its prompt.
    pub interrupted: bool,
}

impl Slot {
    /// Keeps what the context shares with `prompt`, at most `most` tokens; gives their number.
    fn keep(&mut self, prompt: &[u32], most: usize) -> usize {
        let same = self.tokens.iter().zip(prompt).take_while(|(a, b)| a == b);
        let kept = same.count().min(most);
        self.cut(kept);
        self.tokens.len()
    }

    fn cut(&mut self, length: usize) {
        if length < self.tokens.len() {
            let left = self.context.cut(length);
            self.tokens.truncate(left);
        }
    }

    /// After an evaluation that broke off, a part of it may be in the context or not.
    fn resync(&mut self) {
        let length = self.context.length();
        if length > self.tokens.len() {
            let left = self.context.cut(self.tokens.len());
            self.tokens.truncate(left);
        } else {
            self.tokens.truncate(length);
        }
    }
}

pub struct Generation {
    job: Job,
    /// Which slot it works in.
    pub slot: usize,
    prompt: Vec<u32>,
    /// Tokens of the prompt from here on are generated anew.
    heal_from: usize,
    healing: Healing,
    sampler: Sampler,
    output: Output,
    repetition: Repetition,
    next: Option<Choice>,
    max_tokens: usize,
    /// Log-probabilities of tokens whose text is still held back, and their number.
    unsaid: (f32, usize),
    cached: usize,
    generated: usize,
    prompt_time: Duration,
    generation_time: Duration,
}

impl Generation {
    pub fn new(job: Job, generate: &Generate, encoded: Encoded, slot: usize) -> Generation {
        Generation {
            job,
            slot,
            prompt: encoded.tokens,
            heal_from: encoded.heal_from,
            healing: Healing::new(encoded.healed),
            sampler: Sampler::new(generate.temperature, generate.seed),
            output: Output::new(generate.stops.clone()),
            repetition: Repetition::default(),
            next: None,
            max_tokens: generate.max_tokens,
            unsaid: (0.0, 0),
            cached: 0,
            generated: 0,
            prompt_time: Duration::ZERO,
            generation_time: Duration::ZERO,
        }
    }

    /// Takes over what the slot has of this prompt. The token before the healed ones is evaluated anew, for its logits.
    pub fn start(&mut self, slot: &mut Slot) {
        self.cached = slot.keep(&self.prompt, self.heal_from - 1);
    }

    /// Does a little, the less where others wait for their turn; true when the generation is over.
    pub fn step(&mut self, model: &Model, pieces: &Pieces, slot: &mut Slot, alone: bool) -> bool {
        if self.job.is_cancelled() {
            slot.interrupted = self.next.is_none();
            return true;
        }
        let start = Instant::now();
        let stepped = if self.next.is_none() {
            let stepped = self.read(pieces, slot, alone).map(|()| None);
            self.prompt_time += start.elapsed();
            if self.next.is_some() {
                slot.interrupted = false;
                self.report_read();
            }
            stepped
        } else {
            let stepped = self.write(model, pieces, slot);
            self.generation_time += start.elapsed();
            stepped
        };
        match stepped {
            Ok(None) => return false,
            Ok(Some(reason)) => self.finish(reason),
            Err(Stopped::Cancelled) => {
                slot.interrupted = self.next.is_none();
                slot.resync();
            }
            Err(Stopped::Failed(message)) => {
                slot.resync();
                let kind = ErrorKind::Failed;
                self.job.reply(Reply::Error { kind, message });
            }
        }
        true
    }

    /// Evaluates the next chunk of the prompt. Within the healed end, goes on as long as the model writes the same tokens, and
    /// leaves the prompt where it would write others.
    fn read(&mut self, pieces: &Pieces, slot: &mut Slot, alone: bool) -> Result<(), Stopped> {
        let start = slot.tokens.len();
        // Who is cancelled before the end of his first chunk reads in smaller ones the next time, so that he gets on although he is
        // cancelled again.
        let calm = alone && !slot.interrupted;
        let most = if calm { CHUNK } else { SMALL_CHUNK };
        let end = self.prompt.len().min(start + most);
        let first_output = (self.heal_from - 1).clamp(start, end);
        let chunk = &self.prompt[start..end];
        slot.context
            .evaluate(chunk, start, end - first_output, self.job.cancelled())?;
        slot.tokens.extend_from_slice(chunk);
        for position in first_output..end {
            let choice = self.choose(slot.context.logits(position - start), pieces)?;
            if self.prompt.get(position + 1) != Some(&choice.token) {
                slot.cut(position + 1);
                self.next = Some(choice);
                return Ok(());
            }
            self.healing.take(pieces.get(choice.token));
        }
        Ok(())
    }

    /// Says the token that was chosen, and evaluates it to choose the one after.
    fn write(
        &mut self,
        model: &Model,
        pieces: &Pieces,
        slot: &mut Slot,
    ) -> Result<Option<EndReason>, Stopped> {
        let Some(choice) = self.next.filter(|_| self.generated < self.max_tokens) else {
            return Ok(Some(EndReason::Length));
        };
        if model.ends(choice.token) {
            return Ok(Some(EndReason::Finished));
        }
        let was_healing = !self.healing.is_done();
        let said = self.healing.take(pieces.get(choice.token));
        if !(was_healing && said.is_empty()) {
            self.generated += 1;
            self.unsaid = (self.unsaid.0 + choice.log_prob, self.unsaid.1 + 1);
        }
        let text = self.output.push(said);
        self.say(text);
        if self.output.stopped() {
            return Ok(Some(EndReason::Stop));
        }
        if self.repetition.push(choice.token) {
            return Ok(Some(EndReason::Loop));
        }
        let start = slot.tokens.len();
        if self.generated >= self.max_tokens || start >= slot.context.size() {
            return Ok(Some(EndReason::Length));
        }
        slot.context
            .evaluate(&[choice.token], start, 1, self.job.cancelled())?;
        slot.tokens.push(choice.token);
        self.next = Some(self.choose(slot.context.logits(0), pieces)?);
        Ok(None)
    }

    fn choose(&mut self, logits: Option<&[f32]>, pieces: &Pieces) -> Result<Choice, Stopped> {
        let logits = logits.ok_or_else(|| Stopped::Failed("the model gave no logits".into()))?;
        let allowed = self.healing.allowed(pieces);
        let constrained = allowed
            .as_ref()
            .and_then(|allowed| self.sampler.choose(logits, Some(allowed.tokens())));
        if let Some(choice) = constrained {
            return Ok(choice);
        }
        self.healing = Healing::default();
        self.sampler
            .choose(logits, None::<std::iter::Empty<u32>>)
            .ok_or_else(|| Stopped::Failed("the model's answer is not a number".into()))
    }

    fn say(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        let (log_prob, tokens) = std::mem::take(&mut self.unsaid);
        self.job.reply(Reply::Chunk {
            text,
            log_prob,
            tokens,
        });
    }

    fn report_read(&self) {
        self.job.reply(Reply::Read {
            prompt_tokens: self.prompt.len(),
            cached_tokens: self.cached,
            prompt_ms: ms(self.prompt_time),
        });
    }

    fn finish(&mut self, reason: EndReason) {
        let rest = self.output.finish();
        self.say(rest);
        self.job.reply(Reply::End(End {
            reason,
            prompt_tokens: self.prompt.len(),
            cached_tokens: self.cached,
            generated_tokens: self.generated,
            prompt_ms: ms(self.prompt_time),
            generation_ms: ms(self.generation_time),
        }));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
