using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>Sigma points, each with its own event.</content>
internal sealed partial class EventPassage
{
    private bool JumpPoints(EventMap map)
    {
        for (int i = 0; i < _times.Length; i++)
        {
            Take(i);
            if (!map.Evaluate(_times[i], _x, _data, located: false))
            {
                return false;
            }

            Put(i, map.After);
        }

        return true;
    }

    private double SpreadOverPoints(GuardView view)
    {
        double mean = 0.0;
        for (int i = 0; i < _times.Length; i++)
        {
            Take(i);
            _spread[i] = view.LeafAt(view.Leaf, _times[i], _x, _data).Value;
            mean += _spread[i] / _times.Length;
        }

        double sum = 0.0;
        for (int i = 0; i < _times.Length; i++)
        {
            sum += (_spread[i] - mean) * (_spread[i] - mean) / _times.Length;
        }

        return double.Hypot(Math.Sqrt(sum), view.Threshold);
    }

    // Each sigma point through its own event; they stay where and when they have jumped. _x keeps the mean.
    private bool Scatter(int number, int leaf, double threshold, double time, double reach)
    {
        int n = _n;
        double scale = Math.Sqrt(_columns);
        EventMap map = _model.Maps[number];
        _x.CopyTo(_center, 0);
        for (int i = 0; i < _times.Length; i++)
        {
            double sign = i % 2 == 0 ? scale : -scale;
            int column = i / 2;
            for (int row = 0; row < n; row++)
            {
                _x[row] = _center[row] + (sign * _joint[(row * _columns) + column]);
            }

            double shift = threshold + (sign * _joint[(n * _columns) + column]);
            Locate(number, leaf, shift, time, reach, out double offset);
            _times[i] = time - offset;
            if (!map.Evaluate(_times[i], _x, _data, located: false))
            {
                return false;
            }

            Put(i, map.After);
        }

        _center.CopyTo(_x, 0);
        return true;
    }

    // The moments of the sigma points once all have come to one time.
    private void Gather(FlowEquations flow, double time, ModeHypothesis child)
    {
        int count = _times.Length;
        Span<double> mean = child.State.MutableMean;
        mean.Clear();
        for (int i = 0; i < count; i++)
        {
            Take(i);
            _flow.Move(flow, _times[i], time - _times[i], child.Data, _x, _deviations);
            Put(i, _x);
            Dense.Axpy(1.0 / count, _x, mean);
        }

        double weight = 1.0 / Math.Sqrt(count);
        for (int row = 0; row < _n; row++)
        {
            for (int i = 0; i < count; i++)
            {
                _spread[(row * count) + i] = weight * (_points[(row * count) + i] - mean[row]);
            }
        }

        LowerTriangularization.Apply(_spread, _n, count);
        LowerTriangularization.CopyTriangle(_spread, count, 0, child.State.MutableFactor, _n);
    }

    private void Take(int point)
    {
        for (int row = 0; row < _n; row++)
        {
            _x[row] = _points[(row * _times.Length) + point];
        }
    }

    private void Put(int point, ReadOnlySpan<double> x)
    {
        for (int row = 0; row < _n; row++)
        {
            _points[(row * _times.Length) + point] = x[row];
        }
    }
}
