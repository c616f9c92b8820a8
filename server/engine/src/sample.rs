//! Chooses the next token from a model's logits; pure.

/// Sampling leaves out tokens that are less than this share as probable as the best one.
const MIN_SHARE: f32 = 0.05;

/// How tokens are chosen.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// 0 is greedy.
    temperature: f32,
    random: u64,
}

/// A token and the natural logarithm of its probability among those that were allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub token: u32,
    pub log_prob: f32,
}

impl Sampler {
    pub fn new(temperature: f32, seed: Option<u32>) -> Sampler {
        Sampler {
            temperature,
            // Never 0, from which the generator would not move.
            random: u64::from(seed.unwrap_or(0x5eed)) << 1 | 1,
        }
    }

    /// Chooses among `allowed`, or all tokens. None where there is nothing to choose from.
    pub fn choose<T: Iterator<Item = u32> + Clone>(
        &mut self,
        logits: &[f32],
        allowed: Option<T>,
    ) -> Option<Choice> {
        match allowed {
            None => self.choose_among(logits, 0..logits.len() as u32),
            Some(allowed) => {
                let known = allowed.filter(|token| (*token as usize) < logits.len());
                self.choose_among(logits, known)
            }
        }
    }

    fn choose_among(
        &mut self,
        logits: &[f32],
        tokens: impl Iterator<Item = u32> + Clone,
    ) -> Option<Choice> {
        let logit = |token: u32| logits[token as usize];
        let mut best: Option<(u32, f32)> = None;
        for token in tokens.clone() {
            let value = logit(token);
            if !value.is_nan() && best.is_none_or(|(_, most)| value > most) {
                best = Some((token, value));
            }
        }
        let (best, most) = best?;
        // What is 16 below adds less than a ten millionth: not worth an exponential for each token of a vocabulary.
        let sum: f32 = tokens
            .clone()
            .map(|token| logit(token) - most)
            .filter(|below| *below > -16.0)
            .map(f32::exp)
            .sum();
        let token = if self.temperature > 0.0 {
            self.draw(tokens.map(|token| (token, logit(token) - most)))
                .unwrap_or(best)
        } else {
            best
        };
        Some(Choice {
            token,
            log_prob: logit(token) - most - sum.ln(),
        })
    }

    /// Draws by probability; `tokens` with their logits below the best one's.
    fn draw(&mut self, tokens: impl Iterator<Item = (u32, f32)>) -> Option<u32> {
        let likely: Vec<(u32, f32)> = tokens
            .filter(|(_, below)| *below >= MIN_SHARE.ln())
            .map(|(token, below)| (token, (below / self.temperature).exp()))
            .collect();
        let sum: f32 = likely.iter().map(|(_, weight)| weight).sum();
        let mut point = self.random() * sum;
        for (token, weight) in &likely {
            point -= weight;
            if point <= 0.0 {
                return Some(*token);
            }
        }
        likely.last().map(|(token, _)| *token)
    }

    /// A number from 0 to 1 (xorshift64*).
    fn random(&mut self) -> f32 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let bits = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        bits as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [0.0, 2.0, f32::NAN, 1.0, -50.0];

    fn greedy(allowed: Option<&[u32]>) -> Option<Choice> {
        Sampler::new(0.0, None).choose(&LOGITS, allowed.map(|tokens| tokens.iter().copied()))
    }

    #[test]
    fn greedy_takes_the_best_and_says_how_sure_it_is() {
        let choice = greedy(None).unwrap();
        assert_eq!(choice.token, 1);
        let expected = -(1.0 + (-1.0_f32).exp() + (-2.0_f32).exp()).ln();
        assert!((choice.log_prob - expected).abs() < 1e-5, "{choice:?}");
    }

    #[test]
    fn only_allowed_tokens_are_taken_and_compared() {
        let choice = greedy(Some(&[4])).unwrap();
        assert_eq!((choice.token, choice.log_prob), (4, 0.0));
        assert_eq!(
            greedy(Some(&[3, 0, 99])).map(|choice| choice.token),
            Some(3)
        );
        assert_eq!(greedy(Some(&[])), None);
        assert_eq!(greedy(Some(&[2])), None, "not a number");
    }

    #[test]
    fn draws_follow_the_probabilities_and_the_seed() {
        let draws = |seed| {
            let mut sampler = Sampler::new(1.0, Some(seed));
            let all = None::<std::iter::Empty<u32>>;
            (0..3000)
                .filter_map(|_| sampler.choose(&LOGITS, all.clone()))
                .map(|choice| choice.token)
                .collect::<Vec<_>>()
        };
        let first = draws(7);
        assert_eq!(first, draws(7));
        assert_ne!(first, draws(8));
        let share = |token| first.iter().filter(|own| **own == token).count() as f32 / 3000.0;
        assert!((share(1) - 0.665).abs() < 0.05, "{}", share(1));
        assert!((share(3) - 0.245).abs() < 0.05, "{}", share(3));
        assert_eq!(share(4), 0.0);
    }
}
