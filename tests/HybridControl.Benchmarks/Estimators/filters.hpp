// Textbook filters in Eigen: every buffer a member, products without aliasing, symmetric solves by Cholesky.
// N and M are sizes known to the compiler, or Eigen::Dynamic.
#pragma once
#include "problems.hpp"

enum class Form { Covariance, Joseph, SquareRoot };

template <int A, int B> constexpr int Sum = A == Eigen::Dynamic ? Eigen::Dynamic : A + B;

// Covariance form: P = F P F' + Q; gain by a Cholesky solve; P = P - K H P or Joseph's form.
template <int N, int M> struct CovarianceBelief {
    Vec<N> x, xNew;
    Mat<N, N> P, FP, IKH;
    Mat<N, M> PHt, K, KR;
    Mat<M, M> S;
    Vec<M> nu, solved;
    Eigen::LLT<Mat<M, M>> llt;

    CovarianceBelief(int n, int m)
        : x(n), xNew(n), P(n, n), FP(n, n), IKH(n, n), PHt(n, m), K(n, m), KR(n, m), S(m, m), nu(m), solved(m), llt(m) {}

    void PropagateCovariance(const Mat<N, N>& F, const Mat<N, N>& Q) {
        FP.noalias() = F * P;
        P = Q;
        P.noalias() += FP * F.transpose();
    }

    // nu holds the innovation; returns the log-likelihood.
    template <bool Joseph> double Correct(const Mat<M, N>& H, const Mat<M, M>& R) {
        PHt.noalias() = P * H.transpose();
        S = R;
        S.noalias() += H * PHt;
        llt.compute(S);
        K = llt.solve(PHt.transpose()).transpose();
        x.noalias() += K * nu;
        if constexpr (Joseph) {
            IKH.setIdentity();
            IKH.noalias() -= K * H;
            FP.noalias() = IKH * P;
            P.noalias() = FP * IKH.transpose();
            KR.noalias() = K * R;
            P.noalias() += KR * K.transpose();
        } else {
            P.noalias() -= K * PHt.transpose();
        }
        solved = nu;
        llt.matrixL().solveInPlace(solved);
        return -0.5 * (solved.squaredNorm() + nu.size() * kLogTwoPi) - llt.matrixLLT().diagonal().array().log().sum();
    }
};

template <int N, int M, bool Joseph> struct Kalman : CovarianceBelief<N, M> {
    using Model = Linear<N, M>;
    const Model& model;
    double logLikelihood = 0.0;

    explicit Kalman(const Model& linear) : CovarianceBelief<N, M>(linear.n, linear.m), model(linear) {}
    void Start() { this->x = model.x0; this->P = model.P0; logLikelihood = 0.0; }
    void Predict(const Mat<N, N>& Q) {
        this->xNew.noalias() = model.F * this->x;
        this->x.swap(this->xNew);
        this->PropagateCovariance(model.F, Q);
    }
    double Update(const Vec<M>& z) {
        this->nu = z;
        this->nu.noalias() -= model.H * this->x;
        return this->template Correct<Joseph>(model.H, model.R);
    }
    void Step(const Vec<M>& z) { Predict(model.Q); logLikelihood += Update(z); }
    const Vec<N>& Mean() const { return this->x; }
};

// P = L L', both halves of a step by the Householder QR of an array.
template <int N, int M> struct SquareRootKalman {
    using Model = Linear<N, M>;
    const Model& model;
    double logLikelihood = 0.0;
    Vec<N> x, xNew;
    Vec<M> nu;
    Mat<N, N> Lt, Qt;
    Mat<M, M> Rt, St;
    Mat<Sum<N, N>, N> predict;
    Mat<Sum<N, M>, Sum<N, M>> update;
    Eigen::HouseholderQR<Mat<Sum<N, N>, N>> qrPredict;
    Eigen::HouseholderQR<Mat<Sum<N, M>, Sum<N, M>>> qrUpdate;

    explicit SquareRootKalman(const Model& linear)
        : model(linear), x(linear.n), xNew(linear.n), nu(linear.m), Lt(linear.n, linear.n), St(linear.m, linear.m),
          predict(2 * linear.n, linear.n), update(linear.m + linear.n, linear.m + linear.n),
          qrPredict(2 * linear.n, linear.n), qrUpdate(linear.m + linear.n, linear.m + linear.n) {
        Qt = linear.Q.llt().matrixU();
        Rt = linear.R.llt().matrixU();
    }
    void Start() { x = model.x0; Lt = model.P0.llt().matrixU(); logLikelihood = 0.0; }
    void Step(const Vec<M>& z) {
        const int n = model.n, m = model.m;
        xNew.noalias() = model.F * x;
        x.swap(xNew);
        predict.topRows(n).noalias() = Lt * model.F.transpose();
        predict.bottomRows(n) = Qt;
        qrPredict.compute(predict);
        Lt = qrPredict.matrixQR().topRows(n).template triangularView<Eigen::Upper>();

        nu = z;
        nu.noalias() -= model.H * x;
        update.topLeftCorner(m, m) = Rt;
        update.topRightCorner(m, n).setZero();
        update.bottomLeftCorner(n, m).noalias() = Lt * model.H.transpose();
        update.bottomRightCorner(n, n) = Lt;
        qrUpdate.compute(update);
        const auto& array = qrUpdate.matrixQR();
        St = array.topLeftCorner(m, m);
        St.template triangularView<Eigen::Upper>().transpose().solveInPlace(nu);
        x.noalias() += array.topRightCorner(m, n).transpose() * nu;
        Lt = array.bottomRightCorner(n, n).template triangularView<Eigen::Upper>();
        logLikelihood -= 0.5 * (nu.squaredNorm() + m * kLogTwoPi) + St.diagonal().array().abs().log().sum();
    }
    const Vec<N>& Mean() const { return x; }
};

template <int N, int M, bool Joseph> struct Extended : CovarianceBelief<N, M> {
    using Model = Pendulums<N, M>;
    const Model& model;
    double logLikelihood = 0.0;
    Mat<N, N> F;
    Mat<M, N> H;

    explicit Extended(const Model& chain)
        : CovarianceBelief<N, M>(chain.n, chain.m), model(chain), F(chain.n, chain.n), H(chain.m, chain.n) {}
    void Start() { this->x = model.x0; this->P = model.P0; logLikelihood = 0.0; }
    void Step(const Vec<M>& z) {
        model.TransitionJacobian(this->x, F);
        model.Transition(this->x, this->xNew);
        this->x.swap(this->xNew);
        this->PropagateCovariance(F, model.Q);
        model.MeasurementJacobian(this->x, H);
        model.Measurement(this->x, this->nu);
        this->nu = z - this->nu;
        logLikelihood += this->template Correct<Joseph>(H, model.R);
    }
    const Vec<N>& Mean() const { return this->x; }
};

// Sigma points of Julier with kappa = 1, redrawn after the prediction.
template <int N, int M> struct Unscented {
    static constexpr int Points = N == Eigen::Dynamic ? Eigen::Dynamic : 2 * N + 1;
    using Model = Pendulums<N, M>;
    const Model& model;
    double logLikelihood = 0.0, spread;
    Vec<N> x;
    Vec<M> zMean, nu;
    Vec<Points> weights;
    Mat<N, N> P, A;
    Mat<N, M> Pxz, K;
    Mat<M, M> S;
    Mat<N, Points> X, Y, WY;
    Mat<M, Points> Z, WZ;
    Eigen::LLT<Mat<N, N>> lltP;
    Eigen::LLT<Mat<M, M>> lltS;

    explicit Unscented(const Model& chain)
        : model(chain), spread(std::sqrt(chain.n + 1.0)), x(chain.n), zMean(chain.m), nu(chain.m), weights(2 * chain.n + 1),
          P(chain.n, chain.n), A(chain.n, chain.n), Pxz(chain.n, chain.m), K(chain.n, chain.m), S(chain.m, chain.m),
          X(chain.n, 2 * chain.n + 1), Y(chain.n, 2 * chain.n + 1), WY(chain.n, 2 * chain.n + 1),
          Z(chain.m, 2 * chain.n + 1), WZ(chain.m, 2 * chain.n + 1), lltP(chain.n), lltS(chain.m) {
        weights.setConstant(0.5 / (chain.n + 1.0));
        weights(0) = 1.0 / (chain.n + 1.0);
    }
    void Start() { x = model.x0; P = model.P0; logLikelihood = 0.0; }
    void Draw() {
        lltP.compute(P);
        A = lltP.matrixL();
        A *= spread;
        X.col(0) = x;
        X.middleCols(1, model.n) = A.colwise() + x;
        X.rightCols(model.n) = (-A).colwise() + x;
    }
    void Step(const Vec<M>& z) {
        Draw();
        for (int j = 0; j < X.cols(); j++) {
            model.Transition(X.col(j), Y.col(j));
        }
        x.noalias() = Y * weights;
        Y.colwise() -= x;
        WY = Y * weights.asDiagonal();
        P = model.Q;
        P.noalias() += WY * Y.transpose();

        Draw();
        for (int j = 0; j < X.cols(); j++) {
            model.Measurement(X.col(j), Z.col(j));
        }
        zMean.noalias() = Z * weights;
        Z.colwise() -= zMean;
        X.colwise() -= x;
        WZ = Z * weights.asDiagonal();
        S = model.R;
        S.noalias() += WZ * Z.transpose();
        Pxz.noalias() = X * WZ.transpose();
        lltS.compute(S);
        K = lltS.solve(Pxz.transpose()).transpose();
        nu = z - zMean;
        x.noalias() += K * nu;
        P.noalias() -= K * Pxz.transpose();
        lltS.matrixL().solveInPlace(nu);
        logLikelihood -= 0.5 * (nu.squaredNorm() + nu.size() * kLogTwoPi) + lltS.matrixLLT().diagonal().array().log().sum();
    }
    const Vec<N>& Mean() const { return x; }
};

// Blom and Bar-Shalom's cycle for two models that differ in Q.
template <int N, int M, bool Joseph> struct Interacting {
    using Model = Linear<N, M>;
    const Model& model;
    double logLikelihood = 0.0;
    Kalman<N, M, Joseph> filters[2];
    Mat<N, N> Q[2], mixedP[2], P;
    Vec<N> mixedX[2], x, d;
    double probability[2];
    static constexpr double stay = 0.95;

    explicit Interacting(const Model& linear)
        : model(linear), filters{Kalman<N, M, Joseph>(linear), Kalman<N, M, Joseph>(linear)}, P(linear.n, linear.n),
          x(linear.n), d(linear.n) {
        Q[0] = linear.Q;
        Q[1] = 25.0 * linear.Q;
    }
    void Start() {
        for (auto& filter : filters) {
            filter.Start();
        }
        probability[0] = probability[1] = 0.5;
        logLikelihood = 0.0;
    }
    void Merge(const double* w, Vec<N>& mean, Mat<N, N>& covariance) {
        mean = w[0] * filters[0].x + w[1] * filters[1].x;
        covariance = w[0] * filters[0].P + w[1] * filters[1].P;
        d = filters[0].x - filters[1].x; // the spread of two means is one outer product
        covariance.noalias() += (w[0] * w[1] * d) * d.transpose();
    }
    void Step(const Vec<M>& z) {
        double prior[2], logs[2];
        for (int j = 0; j < 2; j++) {
            double w[2] = {(j == 0 ? stay : 1.0 - stay) * probability[0], (j == 1 ? stay : 1.0 - stay) * probability[1]};
            prior[j] = w[0] + w[1];
            w[0] /= prior[j];
            w[1] /= prior[j];
            Merge(w, mixedX[j], mixedP[j]);
        }
        for (int j = 0; j < 2; j++) {
            filters[j].x.swap(mixedX[j]);
            filters[j].P.swap(mixedP[j]);
            filters[j].Predict(Q[j]);
            logs[j] = std::log(prior[j]) + filters[j].Update(z);
        }
        double most = std::max(logs[0], logs[1]);
        double total = most + std::log(std::exp(logs[0] - most) + std::exp(logs[1] - most));
        probability[0] = std::exp(logs[0] - total);
        probability[1] = std::exp(logs[1] - total);
        logLikelihood += total;
        Merge(probability, x, P);
    }
    const Vec<N>& Mean() const { return x; }
};
