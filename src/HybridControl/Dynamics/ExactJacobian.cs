using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Dynamics;

/// <summary>df/dx and df/dt as emitted expressions: their zeros are known, and choices that were frozen stay frozen.</summary>
/// <remarks>
/// Where inputs are delegates their slots are refreshed by one evaluation of the right-hand side, and df/dt is a difference.
/// Where a derivative is infinite and the right-hand side is not, such as that of sqrt(x) at zero, a one-sided difference
/// stands for it: what an iteration towards the next states needs is a slope over some distance.
/// </remarks>
internal sealed class ExactJacobian : JacobianFunction
{
    private const int LargestMethod = 400;

    // Emitted for who evaluates them: whether a flow is affine is asked of every mode, and answered without.
    private readonly Lazy<(int First, VectorFunction Function)[]> _parts;
    private readonly Lazy<(int First, VectorFunction Function)[]> _timeParts;
    private readonly int[] _places;
    private readonly int[] _timeRows;
    private readonly bool _isConstant;
    private readonly Func<int[], JacobianBlock?>? _block;

    public ExactJacobian(OdeFunction function, ExprProgram equations)
        : this(function, Derivatives.Of(function, equations))
    {
    }

    private ExactJacobian(OdeFunction function, Derivatives derivatives)
        : base(function, derivatives.Pattern(function.Dimension))
    {
        _places = Array.ConvertAll(derivatives.Slopes, entry => Pattern.IndexOf(entry.Row, entry.Column));
        _timeRows = Array.ConvertAll(derivatives.Rates, entry => entry.Row);
        (_parts, _timeParts) = (derivatives.Parts, derivatives.TimeParts);
        _isConstant = derivatives.AreConstant;
        _block = function.Mass is null || HasInputs ? null : derivatives.BlockOf;
    }

    /// <inheritdoc/>
    public override bool IsExact => true;

    /// <inheritdoc/>
    public override bool DependsOnTime => HasInputs || _timeRows.Length > 0;

    /// <inheritdoc/>
    public override bool IsConstant => _isConstant && !HasInputs;

    // Slots that the right-hand side itself writes.
    private bool HasInputs => Function.Program is null;

    /// <inheritdoc/>
    public override JacobianBlock? Block(int[] numbers) => _block?.Invoke(numbers);

    /// <inheritdoc/>
    public override JacobianWork Start() => new Work(this);

    private static ref double First(ReadOnlySpan<double> values) => ref MemoryMarshal.GetReference(values);

    // Row by row, in ascending order.
    private sealed record Entry(int Row, int Column, Expr Value);

    private sealed record Derivatives(
        Entry[] Slopes,
        Lazy<(int First, VectorFunction Function)[]> Parts,
        Entry[] Rates,
        Lazy<(int First, VectorFunction Function)[]> TimeParts,
        bool AreConstant,
        Func<int[], JacobianBlock?> BlockOf)
    {
        public static Derivatives Of(OdeFunction function, ExprProgram equations)
        {
            var raised = new RaisedProgram(equations, function.Dimension);
            var rows = new Dictionary<Expr, List<int>>(ReferenceEqualityComparer.Instance);
            for (int row = 0; row < raised.Outputs.Count; row++)
            {
                if (!rows.TryGetValue(raised.Outputs[row], out List<int>? same))
                {
                    rows.Add(raised.Outputs[row], same = []);
                }

                same.Add(row);
            }

            var tape = new DerivativeTape(raised.Outputs);
            var simplifier = new SimplifierPass(keepAliases: true);
            Entry[] By(IReadOnlyList<Expr> variables)
            {
                var found = new List<Entry>?[raised.Outputs.Count];
                for (int column = 0; column < variables.Count; column++)
                {
                    foreach ((Expr output, Expr rate) in tape.Derivatives(variables[column]))
                    {
                        if (rows.TryGetValue(output, out List<int>? same) && simplifier.Simplify(rate) is var simple && !(simple.IsConstant && simple.Value == 0.0))
                        {
                            foreach (int row in same)
                            {
                                (found[row] ??= []).Add(new(row, column, simple));
                            }
                        }
                    }
                }

                var entries = new List<Entry>();
                foreach (List<Entry>? row in found)
                {
                    entries.AddRange(row ?? []);
                }

                return entries.ToArray();
            }

            Entry[] slopes = By(raised.States);
            Entry[] rates = By(new[] { Expr.Time });
            return new(
                slopes,
                new(() => Compile(raised.Slots, slopes)),
                rates,
                new(() => Compile(raised.Slots, rates)),
                !Array.Exists(slopes, IsMoving) && !Array.Exists(rates, IsMoving) && !raised.Outputs.Any(output => Holds(output, IsStepwise)),
                numbers => Block(raised.Slots, Array.FindAll(slopes, entry => numbers.Contains(entry.Row) && numbers.Contains(entry.Column))));
        }

        public SparsityPattern Pattern(int size)
        {
            List<int>[] rows = SparsityPattern.Diagonals(size);
            foreach (Entry entry in Slopes)
            {
                rows[entry.Row].Add(entry.Column);
            }

            return SparsityPattern.Of(rows);
        }

        private static JacobianBlock? Block(SlotMap slots, Entry[] entries) => entries.Length is 0 or > LargestMethod ? null : new(
            [.. entries.Select(entry => (entry.Row, entry.Column))],
            VectorFunctions.Compile("block", slots, [.. entries.Select(entry => entry.Value)])[0],
            entries.Any(entry => Holds(entry.Value, e => IsMoving(e) || IsStepwise(e))));

        private static bool IsMoving(Entry entry) => Holds(entry.Value, IsMoving);

        private static bool IsMoving(Expr e) =>
            e is { Operation: Operation.Variable, Kind: VariableKind.State or VariableKind.Time };

        // Their derivative is zero almost everywhere, and they move all the same.
        private static bool IsStepwise(Expr e) => e.Operation is Operation.Floor or Operation.Sign or Operation.Modulo or
            Operation.LookupSlope or Operation.Surface || (e.Condition is { } choice && Holds(choice, IsMoving));

        private static bool Holds(object root, Func<Expr, bool> test)
        {
            bool found = false;
            PostOrder.Visit(root, _ => found, node => found |= node is Expr e && test(e));
            return found;
        }

        // In several methods: the time to compile one grows faster than its length. Numbers need none.
        private static (int First, VectorFunction Function)[] Compile(SlotMap slots, Entry[] entries)
        {
            if (Array.TrueForAll(entries, entry => entry.Value.IsConstant))
            {
                double[] numbers = Array.ConvertAll(entries, entry => entry.Value.Value);
                return [(0, (double _, ref double _, ref double _, ref double results) =>
                    numbers.CopyTo(MemoryMarshal.CreateSpan(ref results, numbers.Length)))];
            }

            Expr[][] chunks = [.. Array.ConvertAll(entries, entry => entry.Value).Chunk(LargestMethod)];
            VectorFunction[] functions = VectorFunctions.Compile("jacobian", slots, chunks);
            var parts = new (int First, VectorFunction Function)[functions.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                parts[i] = (i * LargestMethod, functions[i]);
            }

            return parts;
        }
    }

    private sealed class Work(ExactJacobian owner) : JacobianWork(owner.Pattern)
    {
        private readonly (int First, VectorFunction Function)[] _parts = owner._parts.Value;
        private readonly (int First, VectorFunction Function)[] _timeParts = owner._timeParts.Value;
        private readonly bool _direct = owner._places.Length == owner.Pattern.Count && owner._places.Length > 0;
        private readonly double[] _packed = new double[Math.Max(owner._places.Length, owner.Function.Dimension) + 1];
        private readonly double[] _scratch = new double[owner.Function.Dimension + 1];
        private readonly double[] _states = new double[owner.Function.Dimension + 1];

        /// <inheritdoc/>
        public override void Evaluate(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
        {
            Refresh(time, states, data);
            double[] target = _direct ? Values : _packed;
            foreach ((int first, VectorFunction function) in _parts)
            {
                function(time, ref First(states), ref MemoryMarshal.GetArrayDataReference(data), ref target[first]);
            }

            if (!_direct)
            {
                for (int k = 0; k < owner._places.Length; k++)
                {
                    Values[owner._places[k]] = _packed[k];
                }
            }

            if (!Dense.IsFinite(Values))
            {
                ReplaceInfinite(time, states, slopes, data);
            }
        }

        /// <inheritdoc/>
        public override void TimeDerivative(
            double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> result)
        {
            if (owner.HasInputs)
            {
                Difference.InTime(owner.Function, time, states, slopes, data, result);
                Evaluations++;
                return;
            }

            result.Clear();
            foreach ((int first, VectorFunction function) in _timeParts)
            {
                function(time, ref First(states), ref MemoryMarshal.GetArrayDataReference(data), ref _packed[first]);
            }

            for (int k = 0; k < owner._timeRows.Length; k++)
            {
                result[owner._timeRows[k]] = _packed[k];
            }
        }

        // First towards where the state moves, then to the other side; what is infinite on both stays so.
        private void ReplaceInfinite(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
        {
            states.CopyTo(_states);
            for (int column = 0; column < states.Length; column++)
            {
                double increment = Difference.Increment(states[column], slopes[column]);
                for (int side = 0; side < 2 && !IsFinite(column); side++, increment = -increment)
                {
                    _states[column] = states[column] + increment;
                    owner.Function.Derivatives(time, ref _states[0], ref MemoryMarshal.GetArrayDataReference(data), ref _scratch[0]);
                    Evaluations++;
                    for (int row = 0; row < states.Length; row++)
                    {
                        int place = owner.Pattern.IndexOf(row, column);
                        if (place >= 0 && !double.IsFinite(Values[place]))
                        {
                            Values[place] = (_scratch[row] - slopes[row]) / increment;
                        }
                    }
                }

                _states[column] = states[column];
            }

            Refresh(time, states, data);
        }

        private bool IsFinite(int column)
        {
            bool finite = true;
            for (int row = 0; row < owner.Pattern.Size && finite; row++)
            {
                int place = owner.Pattern.IndexOf(row, column);
                finite = place < 0 || double.IsFinite(Values[place]);
            }

            return finite;
        }

        private void Refresh(double time, ReadOnlySpan<double> states, double[] data)
        {
            if (owner.HasInputs)
            {
                owner.Function.Derivatives(
                    time, ref First(states), ref MemoryMarshal.GetArrayDataReference(data), ref _scratch[0]);
                Evaluations++;
            }
        }
    }
}
