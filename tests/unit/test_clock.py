"""The alarm clock rings on the loop, one at a time, and lets the last one through."""

import asyncio

from scheduler.clock import AlarmClock


async def test_it_rings_again_and_again_and_never_two_at_once() -> None:
    rung, inside = asyncio.Semaphore(0), 0

    async def tick() -> None:
        nonlocal inside
        inside += 1
        assert inside == 1
        await asyncio.sleep(0.02)
        inside -= 1
        rung.release()

    alarm = AlarmClock(tick, seconds=0.005)
    alarm.start()
    async with asyncio.timeout(10):
        for _ in range(3):
            await rung.acquire()
    await alarm.stop()


async def test_it_does_not_wait_for_the_next_time_while_there_is_more_to_do() -> None:
    rung = asyncio.Semaphore(0)

    async def tick() -> bool:
        await asyncio.sleep(0)
        rung.release()
        return True

    alarm = AlarmClock(tick, seconds=1.0)
    alarm.start()
    async with asyncio.timeout(10):
        for _ in range(1000):
            await rung.acquire()
        await alarm.stop()


async def test_the_tick_under_way_is_let_through_at_the_end() -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), []

    async def tick() -> None:
        begun.set()
        await go_on.wait()
        ended.append(True)

    alarm = AlarmClock(tick, seconds=0.005)
    alarm.start()
    await begun.wait()
    stopping = asyncio.create_task(alarm.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert ended == [True]
