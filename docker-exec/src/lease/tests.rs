use std::sync::Mutex;

use super::*;

/// A board in memory; its holders renew when they are told to.
#[derive(Default)]
struct Memory {
    hanging: Mutex<Option<Hanging>>,
    hung: Mutex<usize>,
    /// How many renewals fail.
    deaf: Mutex<usize>,
}

impl Memory {
    fn with(holder: &Holder) -> Self {
        let hanging = Hanging { id: "0".to_owned(), holder: holder.clone(), pulse: String::new() };
        Self { hanging: Mutex::new(Some(hanging)), ..Self::default() }
    }

    fn holder(&self) -> Option<Holder> {
        self.hanging.lock().unwrap().as_ref().map(|hanging| hanging.holder.clone())
    }
}

impl Board for Memory {
    async fn hang(&self, holder: &Holder) -> Result<Option<String>, EngineError> {
        let mut hanging = self.hanging.lock().unwrap();
        if hanging.is_some() {
            return Ok(None);
        }
        let mut hung = self.hung.lock().unwrap();
        *hung += 1;
        *hanging = Some(Hanging { id: hung.to_string(), holder: holder.clone(), pulse: String::new() });
        Ok(Some(hung.to_string()))
    }

    async fn look(&self) -> Result<Option<Hanging>, EngineError> {
        Ok(self.hanging.lock().unwrap().clone())
    }

    async fn renew(&self, id: &str, count: u64) -> Result<bool, EngineError> {
        let mut deaf = self.deaf.lock().unwrap();
        if *deaf > 0 {
            *deaf -= 1;
            return Err(EngineError::new(crate::Kind::Unreachable, "renewing"));
        }
        let mut hanging = self.hanging.lock().unwrap();
        let found = hanging.as_mut().filter(|hanging| hanging.id == id);
        Ok(found.map(|hanging| hanging.pulse = count.to_string()).is_some())
    }

    async fn remove(&self, id: &str) -> Result<(), EngineError> {
        let mut hanging = self.hanging.lock().unwrap();
        if hanging.as_ref().is_some_and(|hanging| hanging.id == id) {
            *hanging = None;
        }
        Ok(())
    }
}

fn holder(who: &str, place: &str, process: u32) -> Holder {
    Holder { who: who.to_owned(), place: place.to_owned(), process }
}

/// Somebody on another machine.
fn far() -> Holder {
    holder("ann@far", "far", 1)
}

fn me() -> Holder {
    holder("me@here", "here", std::process::id())
}

const AT_ONCE: Others = Others::Wait(Duration::ZERO);

#[tokio::test(start_paused = true)]
async fn one_has_it_and_others_are_told_who() {
    let board = Memory::default();
    acquire(&board, &far(), AT_ONCE).await.unwrap();
    let error = acquire(&board, &me(), AT_ONCE).await.unwrap_err();
    assert_eq!(error.to_string(), "ann@far works on the map (process 1)");
    assert_eq!(board.holder(), Some(far()));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_kept_is_waited_for() {
    let board = Memory::default();
    let id = acquire(&board, &far(), AT_ONCE).await.unwrap();
    let began = Instant::now();
    let work = async {
        keep(&board, &id, &CancellationToken::new(), tokio::time::sleep(Duration::from_mins(5))).await;
        board.remove(&id).await.unwrap();
    };
    let me = me();
    let waits = acquire(&board, &me, Others::Wait(Duration::from_mins(10)));
    let ((), got) = tokio::join!(work, waits);
    got.unwrap();
    let took = began.elapsed();
    assert!(took >= Duration::from_mins(5) && took < Duration::from_secs(302), "{took:?}");
    assert_eq!(board.holder(), Some(me));
}

#[tokio::test(start_paused = true)]
async fn waiting_ends() {
    let board = Memory::default();
    let id = acquire(&board, &far(), AT_ONCE).await.unwrap();
    let began = Instant::now();
    let forever = std::future::pending::<()>();
    let cancel = CancellationToken::new();
    let kept = keep(&board, &id, &cancel, forever);
    let me = me();
    let waits = acquire(&board, &me, Others::Wait(Duration::from_mins(1)));
    let error = tokio::select! {
        () = kept => unreachable!(),
        error = waits => error.unwrap_err(),
    };
    assert!(matches!(error, LeaseError::Held(holder) if holder == far()));
    assert_eq!(began.elapsed(), Duration::from_mins(1));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_not_kept_is_taken_for_abandoned() {
    let board = Memory::with(&far());
    let began = Instant::now();
    acquire(&board, &me(), Others::Wait(Duration::from_mins(1))).await.unwrap();
    let took = began.elapsed();
    assert!(took >= STALE && took < STALE + Duration::from_secs(1), "{took:?}");
}

/// Nobody waits for a process that was killed on the same machine; a process of the same number elsewhere is another one.
#[tokio::test(start_paused = true)]
async fn a_process_that_is_gone_is_not_waited_for() {
    let dead = u32::MAX - 1;
    let here = me();
    for (place, gets_it) in [(here.place.as_str(), true), ("far", false), ("", false)] {
        let board = Memory::with(&holder("bob@here", place, dead));
        assert_eq!(acquire(&board, &here, AT_ONCE).await.is_ok(), gets_it, "{place}");
    }
    // The test itself lives, whatever it is called.
    let board = Memory::with(&holder("bob@here", "here", std::process::id()));
    let other = holder("me@here", "here", dead);
    assert!(acquire(&board, &other, AT_ONCE).await.is_err());
    let nowhere = holder("me", "", 1);
    assert!(acquire(&Memory::with(&holder("bob", "", dead)), &nowhere, AT_ONCE).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_lease_can_be_broken_and_its_holder_notices() {
    let board = Memory::default();
    let id = acquire(&board, &far(), AT_ONCE).await.unwrap();
    let cancel = CancellationToken::new();
    let work = keep(&board, &id, &cancel, cancel.cancelled());
    let me = me();
    let began = Instant::now();
    let ((), got) = tokio::join!(work, acquire(&board, &me, Others::Break));
    got.unwrap();
    assert!(cancel.is_cancelled() && began.elapsed() <= RENEWAL);
    assert_eq!(board.holder(), Some(me));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_away_for_a_moment_ends_nothing() {
    let board = Memory { deaf: Mutex::new(3), ..Memory::default() };
    let id = acquire(&board, &me(), AT_ONCE).await.unwrap();
    let cancel = CancellationToken::new();
    keep(&board, &id, &cancel, tokio::time::sleep(Duration::from_mins(1))).await;
    assert!(!cancel.is_cancelled());
    assert!(!board.look().await.unwrap().unwrap().pulse.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_does_not_lock_oneself_out() {
    let board = Memory::with(&me());
    assert_eq!(acquire(&board, &me(), AT_ONCE).await.unwrap(), "0");
}

#[tokio::test(start_paused = true)]
async fn of_many_who_want_it_one_at_a_time_has_it() {
    let board = Memory::default();
    let inside = Mutex::new(0);
    let one = async |number: u32| {
        let me = holder("somebody", "far", number);
        let id = acquire(&board, &me, Others::Wait(Duration::from_hours(1))).await.unwrap();
        let work = async {
            *inside.lock().unwrap() += 1;
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(*inside.lock().unwrap(), 1);
            *inside.lock().unwrap() -= 1;
        };
        keep(&board, &id, &CancellationToken::new(), work).await;
        board.remove(&id).await.unwrap();
    };
    futures_util::future::join_all((1..=8).map(one)).await;
    assert_eq!(*board.hung.lock().unwrap(), 8);
}
