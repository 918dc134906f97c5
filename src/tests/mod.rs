//! Whole worlds played from feeds to letters.

mod random;
