using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Moves many states with a transition model: what every model can do. Work space of one model.</summary>
internal sealed class MemberWork
{
    private readonly TransitionModel _model;
    private readonly double[] _x;
    private readonly double[] _next;
    private readonly double[] _factor;
    private readonly double[] _sources;
    private double[] _jacobian = [];
    private double[] _disturbance = [];
    private double[] _normals = [];

    /// <summary>Makes room for one member; room for many comes when it is needed.</summary>
    public MemberWork(TransitionModel model)
    {
        _model = model;
        _x = new double[model.StateCount];
        _next = new double[model.StateCount];
        _factor = new double[model.StateCount * model.NoiseCount];
        _sources = new double[model.NoiseCount];
    }

    /// <summary>Results of a matrix for many states, by component, then member.</summary>
    /// <param name="matrix">m by n, row-major.</param>
    /// <param name="members">Of n states.</param>
    /// <param name="results">Receives m times the stride of the members.</param>
    /// <param name="rows">m.</param>
    public static void Multiply(ReadOnlySpan<double> matrix, StateEnsemble members, Span<double> results, int rows) =>
        Dense.Multiply(matrix, members.Values, results, rows, members.StateCount, members.Stride);

    /// <summary>Moves members by the model, then adds noise through the factor at where they were.</summary>
    public void Propagate(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        if (_model.NoiseCount == 0)
        {
            _model.Move(from, to, members, input);
            return;
        }

        Reserve(members);
        if (_model.HasConstantNoise)
        {
            DisturbAlike(from, to, members, input, noise);
        }
        else
        {
            DisturbOneByOne(from, to, members, input, noise);
        }

        _model.Move(from, to, members, input);
        Dense.Axpy(1.0, _disturbance.AsSpan(0, members.Values.Length), members.Values);
    }

    /// <summary>Moves members one after the other, without noise.</summary>
    public void MoveOneByOne(double from, double to, StateEnsemble members, ReadOnlySpan<double> input)
    {
        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, _x);
            if (_model.Propagate(from, to, _x, input, _next))
            {
                members.Write(member, _next);
            }
            else
            {
                members.Lose(member);
            }
        }
    }

    /// <summary>Moves members one after the other, with the noise that comes in along the way of each.</summary>
    public void LinearizeOneByOne(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        if (_jacobian.Length == 0)
        {
            _jacobian = new double[_x.Length * _x.Length];
        }

        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, _x);
            if (_model.Linearize(from, to, _x, input, _next, _jacobian, _factor))
            {
                Draw(member, noise);
                Dense.MultiplyVector(_factor, _sources, _x);
                Dense.Axpy(1.0, _x, _next);
                members.Write(member, _next);
            }
            else
            {
                members.Lose(member);
            }
        }
    }

    /// <summary>x = F x + B u for all members.</summary>
    public void MoveLinearly(ReadOnlySpan<double> f, ReadOnlySpan<double> b, StateEnsemble members, ReadOnlySpan<double> input)
    {
        Span<double> values = members.Values;
        if (_normals.Length < values.Length)
        {
            _normals = new double[values.Length];
        }

        Span<double> moved = _normals.AsSpan(0, values.Length);
        Multiply(f, members, moved, members.StateCount);
        moved.CopyTo(values);
        for (int i = 0; i < members.StateCount && !b.IsEmpty; i++)
        {
            double push = Dense.Dot(b.Slice(i * input.Length, input.Length), input);
            foreach (ref double value in members.Component(i))
            {
                value += push;
            }
        }
    }

    private void Reserve(StateEnsemble members)
    {
        int length = members.Values.Length;
        if (_disturbance.Length < length)
        {
            _disturbance = new double[length];
        }

        if (_normals.Length < length)
        {
            _normals = new double[length];
        }
    }

    private void DisturbAlike(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        members.Read(0, _x);
        Span<double> disturbance = _disturbance.AsSpan(0, members.Values.Length);
        disturbance.Clear();
        if (!_model.Noise(from, to, _x, input, _factor))
        {
            disturbance.Fill(double.NaN);
            return;
        }

        int q = _model.NoiseCount;
        Span<double> normals = _normals.AsSpan(0, members.Count);
        for (int source = 0; source < q; source++)
        {
            if (!HasEffect(source))
            {
                continue;
            }

            noise.Fill(0, source, 0, normals);
            for (int i = 0; i < _x.Length; i++)
            {
                if (_factor[(i * q) + source] != 0.0)
                {
                    Dense.Axpy(_factor[(i * q) + source], normals, disturbance.Slice(i * members.Stride, members.Count));
                }
            }
        }
    }

    private bool HasEffect(int source)
    {
        for (int at = source; at < _factor.Length; at += _sources.Length)
        {
            if (_factor[at] != 0.0)
            {
                return true;
            }
        }

        return false;
    }

    private void DisturbOneByOne(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, _x);
            if (!_model.Noise(from, to, _x, input, _factor))
            {
                _next.AsSpan().Fill(double.NaN);
            }
            else
            {
                Draw(member, noise);
                Dense.MultiplyVector(_factor, _sources, _next);
            }

            for (int i = 0; i < _next.Length; i++)
            {
                _disturbance[(i * members.Stride) + member] = _next[i];
            }
        }
    }

    private void Draw(int member, EnsembleNoise noise)
    {
        for (int source = 0; source < _sources.Length; source++)
        {
            _sources[source] = noise.Normal(member, source);
        }
    }
}
