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
        : base(function, SparsityPattern.Of(function.Dimension, derivatives.Entries))
    {
        _places = [.. derivatives.Entries.Select(entry => Pattern.IndexOf(entry.Row, entry.Column))];
        _timeRows = derivatives.TimeRows;
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

    private sealed record Derivatives(
        (int Row, int Column)[] Entries,
        Lazy<(int First, VectorFunction Function)[]> Parts,
        int[] TimeRows,
        Lazy<(int First, VectorFunction Function)[]> TimeParts,
        bool AreConstant,
        Func<int[], JacobianBlock?> BlockOf)
    {
        public static Derivatives Of(OdeFunction function, ExprProgram equations)
        {
            var raised = new RaisedProgram(equations, function.Dimension);
            ILookup<Expr, int> rows = Enumerable.Range(0, raised.Outputs.Count)
                .ToLookup(i => raised.Outputs[i], (IEqualityComparer<Expr>)ReferenceEqualityComparer.Instance);
            var tape = new DerivativeTape(raised.Outputs);
            var simplifier = new SimplifierPass(keepAliases: true);
            var entries = new List<(int Row, int Column, Expr Value)>();
            void Collect(Expr variable, int column)
            {
                foreach ((Expr output, Expr rate) in tape.Rates([(variable, Expr.One)]))
                {
                    if (rows.Contains(output) && simplifier.Simplify(rate) is var simple && !(simple.IsConstant && simple.Value == 0.0))
                    {
                        entries.AddRange(rows[output].Select(row => (row, column, simple)));
                    }
                }
            }

            for (int j = 0; j < function.Dimension; j++)
            {
                Collect(raised.States[j], j);
            }

            (int Row, int Column, Expr Value)[] slopes = [.. entries.OrderBy(entry => (entry.Row, entry.Column))];
            entries.Clear();
            Collect(Expr.Time, 0);
            (int Row, int Column, Expr Value)[] rates = [.. entries.OrderBy(entry => entry.Row)];
            return new(
                [.. slopes.Select(entry => (entry.Row, entry.Column))],
                new(() => Compile(raised.Slots, [.. slopes.Select(entry => entry.Value)])),
                [.. rates.Select(entry => entry.Row)],
                new(() => Compile(raised.Slots, [.. rates.Select(entry => entry.Value)])),
                !slopes.Concat(rates).Any(entry => Holds(entry.Value, IsMoving)) && !raised.Outputs.Any(output => Holds(output, IsStepwise)),
                numbers => Block(raised.Slots, [.. slopes.Where(entry => numbers.Contains(entry.Row) && numbers.Contains(entry.Column))]));
        }

        private static JacobianBlock? Block(SlotMap slots, (int Row, int Column, Expr Value)[] entries) => entries.Length is 0 or > LargestMethod ? null : new(
            [.. entries.Select(entry => (entry.Row, entry.Column))],
            VectorFunctions.Compile("block", slots, [.. entries.Select(entry => entry.Value)])[0],
            entries.Any(entry => Holds(entry.Value, e => IsMoving(e) || IsStepwise(e))));

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

        // In several methods: the time to compile one grows faster than its length.
        private static (int First, VectorFunction Function)[] Compile(SlotMap slots, Expr[] values)
        {
            Expr[][] chunks = [.. values.Chunk(LargestMethod)];
            VectorFunction[] functions = chunks.Length == 0 ? [] : VectorFunctions.Compile("jacobian", slots, chunks);
            return [.. functions.Select((function, i) => (i * LargestMethod, function))];
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
