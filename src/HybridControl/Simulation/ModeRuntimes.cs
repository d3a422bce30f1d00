using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>The modes of an automaton for one method, by number; shared between runs. Thread-safe.</summary>
/// <remarks>Those of a plain automaton are made at once, so that a run compiles nothing; those of several regions when first visited.</remarks>
internal sealed class ModeRuntimes
{
    private readonly Lock _gate = new();
    private readonly CompiledAutomaton _automaton;
    private readonly Solver _solver;
    private volatile ModeRuntime?[] _modes;
    private readonly ModeGroup? _all;
    private readonly int _initial;
    private volatile RecordSize _last = RecordSize.None;
    private EventSearch? _spare;

    private ModeRuntimes(CompiledAutomaton automaton, Solver solver)
    {
        _automaton = automaton;
        _solver = solver;
        _initial = automaton.NumberOf(automaton.Automaton.InitialMode);
        if (automaton.Modes.RegionCount == 1)
        {
            ModeRuntime[] all = [.. Enumerable.Range(0, automaton.Modes.Count).Select(number => ModeRuntime.For(automaton, solver, number))];
            _all = new(all);
            _modes = all;
        }
        else
        {
            _modes = [];
        }
    }

    /// <summary>The modes of an automaton.</summary>
    public static ModeRuntimes For(CompiledAutomaton automaton, Solver solver) =>
        automaton.Derive((typeof(ModeRuntimes), solver.Method), () => new ModeRuntimes(automaton, solver));

    /// <summary>What a record of the next run may make room for.</summary>
    public RecordSize Expected { get; private set; } = RecordSize.None;

    /// <summary>Notes the size of a finished record; what the last two have in common is expected of the next.</summary>
    public void NoteSize(RecordSize size)
    {
        Expected = RecordSize.Common(_last, size);
        _last = size;
    }

    /// <summary>A search for all modes that a finished run has left, as good as new; null where there is none.</summary>
    /// <param name="degree">The highest degree of the dense output.</param>
    public EventSearch? TakeSearch(int degree)
    {
        EventSearch? spare = _spare is null ? null : Interlocked.Exchange(ref _spare, null);
        return spare?.Renew(degree) ?? false ? spare : null;
    }

    /// <summary>Keeps the search of a finished run, which uses it no more, for the next: its buffers are a sixth of the price of a start.</summary>
    public void KeepSearch(EventSearch search)
    {
        if (_all is not null)
        {
            Volatile.Write(ref _spare, search);
        }
    }

    /// <summary>The number of the mode in which a run starts.</summary>
    /// <param name="name">Its name; null for the initial mode of the model.</param>
    public int NumberOf(string? name) => name is null ? _initial : _automaton.NumberOf(name);

    /// <summary>The modes that a run makes room for before it starts: all, or of several regions the one it starts in.</summary>
    public ModeGroup FirstOf(int start) => _all ?? new([this[start]]);

    /// <summary>One mode, made on first use.</summary>
    public ModeRuntime this[int number]
    {
        get
        {
            ModeRuntime?[] modes = _modes;
            return (number < modes.Length ? modes[number] : null) ?? Make(number);
        }
    }

    private ModeRuntime Make(int number)
    {
        ModeRuntime made = ModeRuntime.For(_automaton, _solver, number);
        lock (_gate)
        {
            ModeRuntime?[] modes = _modes;
            if (number >= modes.Length)
            {
                Array.Resize(ref modes, Math.Max(number + 1, 2 * modes.Length));
            }

            modes[number] = made;
            _modes = modes;
        }

        return made;
    }
}
