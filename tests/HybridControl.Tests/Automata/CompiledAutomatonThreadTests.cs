using HybridControl.Automata;

namespace HybridControl.Tests.Automata;

public sealed class CompiledAutomatonThreadTests
{
    [Test]
    public void What_is_derived_is_made_once_and_one_at_a_time_however_many_threads_ask()
    {
        const int threads = 8;
        CompiledAutomaton compiled = HybridAutomaton.Build("ball", h =>
        {
            var y = h.State("y", initial: 10);
            h.Mode("fall").Flow(y, -y);
        }).Compiled;
        int made = 0;
        int working = 0;
        int most = 0;
        object[] found = new object[threads];
        using var together = new Barrier(threads);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            together.SignalAndWait();
            found[i] = compiled.Derive(i % 2 == 0 ? "one solver" : "another", () =>
            {
                Interlocked.Increment(ref made);
                int now = Interlocked.Increment(ref working);
                most = Math.Max(most, now);
                Thread.Sleep(50);
                Interlocked.Decrement(ref working);
                return new object();
            });
        }))];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        Assert.That((made, most), Is.EqualTo((2, 1)));
        Assert.That(found.Distinct().Count(), Is.EqualTo(2));
    }
}
