//! Loads weights once and runs the generations of all connections side by side, each document in a slot of its own.

mod queue;

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use crate::generation::{Generation, Slot};
use crate::heal::Pieces;
use crate::llama::{self, Context, Model};
use crate::prepare;
use crate::prompt::{self, Encoded};
use crate::serve::{self, Job, Served};
use crate::wire::{About, Ask, ErrorKind, Generate, Reply};
use queue::Queue;

/// The most documents whose evaluated prompts are kept.
const MOST_SLOTS: usize = 4;
/// The most bytes that these may take together, unless a single one takes more.
const SLOT_BYTES: usize = 512 << 20;
/// The window of a slot that needs no more.
const SMALL_WINDOW: usize = 2048;
/// The window where the settings name none, at most.
const USUAL_WINDOW: usize = 8192;

/// What to load, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    pub model: PathBuf,
    /// None: half of the cores, at least 1 and at most 4.
    pub threads: Option<usize>,
    /// Tokens; None: as many as the model was trained for, 8192 at most.
    pub window: Option<usize>,
    /// The folder for requantised weights and verdicts.
    pub cache: PathBuf,
    /// The program whose `engine --probe FILE` tries unknown weights.
    pub program: PathBuf,
}

/// Serves until nobody needs it.
///
/// # Errors
/// Where the socket cannot be opened.
pub fn run(settings: &Settings, options: &serve::Options) -> io::Result<Served> {
    serve::serve(options, |jobs| {
        let mut queue = Queue::new(jobs);
        match Engine::load(settings, &mut |what, share| queue.announce(what, share)) {
            Ok(engine) => {
                queue.end_announcements();
                engine.work(queue);
            }
            Err(message) => queue.refuse(&message),
        }
    })
}

/// Loads unknown weights and evaluates a few tokens, to see whether they are any good.
///
/// # Errors
/// With the reason in words; but bad weights can also end the process.
pub fn probe(path: &Path) -> Result<(), String> {
    llama::init()?;
    let model = Rc::new(Model::load(path, |_| {})?);
    let mut context = Context::new(&model, 64, 1)?;
    let token = model.begin().map_or(0, |(token, _)| token);
    let never = std::sync::atomic::AtomicBool::new(false);
    context
        .evaluate(&[token; 8], 0, 1, &never)
        .map_err(|stopped| format!("{}: {stopped:?}", path.display()))?;
    let logits = context.logits(7).unwrap_or_default();
    if logits.is_empty() || logits.iter().any(|logit| !logit.is_finite()) {
        return Err(format!("{}: the weights are damaged", path.display()));
    }
    Ok(())
}

struct Engine {
    model: Rc<Model>,
    pieces: Pieces,
    about: About,
    slots: Vec<Slot>,
    uses: u64,
}

impl Engine {
    fn load(
        settings: &Settings,
        announce: &mut dyn FnMut(&str, Option<f32>),
    ) -> Result<Engine, String> {
        let start = Instant::now();
        llama::init()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = settings.threads.unwrap_or((cores / 2).min(4)).max(1);
        let weights = prepare::prepare(settings, threads, announce)?;
        let model = Rc::new(Model::load(&weights.path, |share| {
            announce("loading the weights", Some(share));
        })?);
        let trained = model.trained_window().max(64);
        let window = settings
            .window
            .unwrap_or(USUAL_WINDOW)
            .clamp(64, trained.max(64));
        let pieces = Pieces::new((0..model.vocabulary() as u32).map(|token| model.piece(token)));
        let about = About {
            name: weights.header.name.unwrap_or_default(),
            architecture: weights.header.architecture,
            file: weights.path.display().to_string(),
            window,
            threads,
            device: match llama::devices::names() {
                cards if cards.is_empty() => "processor".to_owned(),
                cards => cards.join(", "),
            },
            parameters: model.parameters(),
            bytes: model.bytes(),
            load_ms: start.elapsed().as_secs_f64() * 1000.0,
        };
        Ok(Engine {
            model,
            pieces,
            about,
            slots: Vec::new(),
            uses: 0,
        })
    }

    fn work(mut self, mut queue: Queue) {
        let mut running: Vec<Generation> = Vec::new();
        loop {
            if running.is_empty() && queue.waiting.is_empty() {
                match queue.jobs.wait() {
                    Some(job) => queue.waiting.push_back(job),
                    None => return,
                }
            }
            queue.fetch();
            for _ in 0..queue.waiting.len() {
                let Some(job) = queue.waiting.pop_front() else {
                    break;
                };
                match self.admit(job) {
                    Admitted::Runs(generation) => running.push(*generation),
                    Admitted::Answered => {}
                    Admitted::NoPlace(job) => queue.waiting.push_back(job),
                }
            }
            let alone = running.len() == 1;
            running.retain_mut(|generation| {
                let slot = &mut self.slots[generation.slot];
                slot.busy = !generation.step(&self.model, &self.pieces, slot, alone);
                slot.busy
            });
        }
    }

    fn admit(&mut self, job: Job) -> Admitted {
        let generate = match &job.ask {
            Ask::Generate(generate) => generate.clone(),
            Ask::About => {
                job.reply(Reply::About(self.about.clone()));
                return Admitted::Answered;
            }
        };
        if self.slots.len() >= MOST_SLOTS && self.slots.iter().all(|slot| slot.busy) {
            return Admitted::NoPlace(job);
        }
        let placed = self.encode(&generate).and_then(|encoded| {
            let slot = self.slot(&generate, encoded.tokens.len())?;
            Ok((encoded, slot))
        });
        match placed {
            Ok((_, None)) => Admitted::NoPlace(job),
            Ok((encoded, Some(index))) => {
                let mut generation = Generation::new(job, &generate, encoded, index);
                let slot = &mut self.slots[index];
                slot.busy = true;
                generation.start(slot);
                Admitted::Runs(Box::new(generation))
            }
            Err((kind, message)) => {
                job.reply(Reply::Error { kind, message });
                Admitted::Answered
            }
        }
    }

    fn encode(&self, generate: &Generate) -> Result<Encoded, (ErrorKind, String)> {
        let encoded = prompt::encode(&self.model, &self.pieces, generate)
            .map_err(|message| (ErrorKind::BadRequest, message))?;
        let (length, window) = (encoded.tokens.len(), self.about.window);
        if length >= window {
            let message = format!("it has {length} tokens, and the window holds {window}");
            return Err((ErrorKind::TooLong, message));
        }
        Ok(encoded)
    }

    /// The slot for a document: its own, else a new one, else the one that was not used for the longest time. None while all
    /// are at work.
    fn slot(
        &mut self,
        generate: &Generate,
        prompt: usize,
    ) -> Result<Option<usize>, (ErrorKind, String)> {
        let wanted = (prompt + generate.max_tokens + 1).max(SMALL_WINDOW);
        let size = wanted.next_power_of_two().min(self.about.window);
        let idle = || self.slots.iter().enumerate().filter(|(_, slot)| !slot.busy);
        let own = idle().find(|(_, slot)| slot.key == generate.cache_key);
        let oldest = idle().min_by_key(|(_, slot)| slot.used);
        let index = match own.or(oldest.filter(|_| self.is_full(size))) {
            Some((index, _)) => index,
            None if self.is_full(size) => return Ok(None),
            None => self.slots.len(),
        };
        self.uses += 1;
        let reusable = self
            .slots
            .get(index)
            .is_some_and(|slot| slot.context.size() >= size);
        if !reusable {
            let context = Context::new(&self.model, size, self.about.threads)
                .map_err(|message| (ErrorKind::Failed, message))?;
            let slot = Slot {
                key: String::new(),
                context,
                tokens: Vec::new(),
                used: 0,
                busy: false,
                interrupted: false,
            };
            match self.slots.get_mut(index) {
                Some(old) => *old = slot,
                None => self.slots.push(slot),
            }
        }
        let slot = &mut self.slots[index];
        slot.key.clone_from(&generate.cache_key);
        slot.used = self.uses;
        Ok(Some(index))
    }

    /// Whether one more slot of `size` tokens would be too much.
    fn is_full(&self, size: usize) -> bool {
        let tokens: usize = self.slots.iter().map(|slot| slot.context.size()).sum();
        let bytes = (tokens + size) * self.model.cache_bytes_per_token();
        self.slots.len() >= MOST_SLOTS || (!self.slots.is_empty() && bytes > SLOT_BYTES)
    }
}

enum Admitted {
    Runs(Box<Generation>),
    Answered,
    NoPlace(Job),
}
